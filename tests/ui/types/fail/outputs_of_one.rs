//! A tuple of names for a processor with one output.
use streams_runtime::prelude::*;

struct Pass;

impl Processor<String, String> for Pass {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, record.key, record.value);
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (first, second) = lines.process(Pass);
        first.to("first");
        second.to("second");
    }
}

fn main() {}
