//! A value that is written nowhere needs no format.
use streams_runtime::prelude::*;
use streams_test::TestDriver;

struct Length(usize);

struct Doubled;

impl Processor<String, Length> for Doubled {
    type KeyOut = String;
    type ValueOut = Length;
    type Stores = ();

    fn process<O: Forward<String, Length>>(
        &mut self,
        record: Record<'_, String, Length>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, record.key, &Length(record.value.0 * 2));
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let others: Stream<String, String> = stream("others");
        let lengths = lines.map_values(|line| Length(line.len()));
        let more = others.flat_map_values(|line, out| out(&Length(line.len())));
        let (long, short) = lengths.merge(more).split().branch(|_, length| length.0 > 3).otherwise();
        long.process(Doubled).filter(|_, length| length.0 > 0).map_values(|length| length.0 as u64).to("long");
        short.map(|key, length| (Length(key.len()), length.0)).map(|key, n| (key.0 as u64, *n as u64)).to("short");
    }
}

fn main() {
    let driver = TestDriver::new(example()).unwrap();
    let lines = driver.input::<str, str>("lines").unwrap();
    lines.pipe("a", "word").unwrap();
    lines.pipe("bc", "we").unwrap();
    assert_eq!(driver.output::<String, u64>("long").read().map(|record| record.value), Some(8));
    assert_eq!(driver.output::<u64, u64>("short").read().map(|record| (record.key, record.value)), Some((2, 2)));
}
