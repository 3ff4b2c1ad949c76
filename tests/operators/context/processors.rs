//! The context beside processors: where there is no record, and one kind of headers.

use super::*;

/// Forwards each record, and in between one of its own.
struct Ticks;

impl Processor<String, String> for Ticks {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        cx.schedule(ScheduleKind::StreamTime, 10);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        cx.set_header("by", "processor");
        out.forward(cx, record.key, record.value);
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        _: i64,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward_new(cx, &"tick".to_owned(), &String::new(), 99, Headers::default());
        Ok(())
    }
}

topology! {
    fn ticking() -> Ticking {
        let input: Stream<String, String> = stream("in");
        let ticks = input.process(Ticks, ());
        ticks
            .map_values(|v, cx| {
                cx.set_header("seen", cx.headers().len().to_string());
                format!("{v} {} {:?}", place(cx), cx.record_metadata().map(|record| record.offset))
            })
            .to("out");
        input.map_values(|v, cx| { cx.set_header("mine", "1"); v.clone() }).process(Ticks, ()).to("marked");
    }
}

#[test]
fn what_a_processor_forwards_by_itself_comes_from_nowhere() {
    let driver = driver(ticking());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 20)]);
    let out = marked(&driver, "out");
    assert_eq!(out[0], "a=x in/0/0@5<5 Some(0)@5 by:processor seen:2");
    assert!(out.contains(&"a=y in/0/1@20<20 Some(1)@20 by:processor seen:2".to_owned()), "{out:?}");
    assert!(out.contains(&"tick= /-1/-1@99<20 None@99 seen:0".to_owned()), "{out:?}");
    let marked = marked(&driver, "marked");
    assert_eq!(marked[0], "a=x@5 mine:1 by:processor", "{marked:?}");
}
