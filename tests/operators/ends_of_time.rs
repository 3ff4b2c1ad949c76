//! Records at the last times that there are.

use super::*;

/// Forwards the time of each call of its schedule by stream time.
struct Calls(i64);

impl Processor<String, String> for Calls {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        cx.schedule(ScheduleKind::StreamTime, self.0);
        cx.schedule_from(ScheduleKind::WallClock, i64::MAX, self.0);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        _: Record<'_, String, String>,
        _: &mut ProcessorContext<'_, ()>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, &"call".to_owned(), &time_ms.to_string());
        Ok(())
    }
}

topology! {
    fn ticks(interval_ms: i64) -> Ticks {
        let input: Stream<String, String> = stream("in");
        input.process(Calls(*interval_ms)).to("out");
    }

    fn ends() -> Ends {
        let input: Stream<String, String> = stream("in");
        let all: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(unlimited()).count();
        let slid: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(0))).count();
        let history: Table<String, String> = table("rows").versioned(millis(100));
        all.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("all");
        slid.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("slid");
        history.to_stream().to("changes");
    }
}

#[test]
fn the_last_time_calls_a_schedule_once() {
    for interval_ms in [1, 1_000, i64::MAX] {
        let driver = driver(ticks(interval_ms));
        pipe(&driver, "in", &[(Some("k"), Some("v"), 5), (Some("k"), Some("v"), i64::MAX)]);
        let (first, last) = ("call=5@5".to_owned(), format!("call={0}@{0}", i64::MAX));
        assert_eq!(read(&driver, "out"), [first, last.clone()]);
        pipe(&driver, "in", &[(Some("k"), Some("v"), i64::MAX), (Some("k"), Some("v"), 7)]);
        driver.commit().unwrap();
        assert_eq!(read(&driver, "out"), [""; 0]);
        driver.advance_wall_clock_ms(i64::MAX).unwrap();
        driver.advance_wall_clock_ms(1).unwrap();
        assert_eq!(read(&driver, "out"), [last]);
    }
}

#[test]
fn windows_without_an_end_take_the_last_record() {
    let driver = driver(ends());
    let last = i64::MAX;
    pipe(&driver, "in", &[(Some("k"), Some("v"), 5), (Some("k"), Some("v"), last), (Some("k"), Some("v"), last - 1)]);
    assert_eq!(read(&driver, "all"), [format!("[k@0/{last}]=1@5"), format!("[k@0/{last}]=2@{last}"), format!("[k@0/{last}]=3@{last}")]);
    // The window that ends with the last time never closes.
    let slid = read(&driver, "slid");
    assert!(slid.contains(&format!("[k@{}/{last}]=1@{last}", last - 10)), "{slid:?}");
    assert_eq!(driver.dropped(), 1, "one that is within the windows that end before");
}

#[test]
fn a_version_below_one_of_the_last_time_stays_in_the_history() {
    let driver = driver(ends());
    pipe(&driver, "rows", &[(Some("k"), Some("last"), i64::MAX), (Some("k"), Some("before"), i64::MAX - 50)]);
    driver.commit().unwrap();
    pipe(&driver, "rows", &[(Some("other"), Some("v"), i64::MAX)]);
    driver.commit().unwrap();
    let rows = driver.versioned_store(Ends::HISTORY).unwrap();
    assert_eq!(rows.get_as_of("k", i64::MAX - 1), Some(("before".to_owned(), i64::MAX - 50)));
    assert_eq!(rows.get("k"), Some(("last".to_owned(), i64::MAX)));
}
