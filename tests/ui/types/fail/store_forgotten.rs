//! A processor without its store.
use streams_runtime::prelude::*;

pub struct Count;

impl Processor<String, String> for Count {
    type KeyOut = String;
    type ValueOut = u64;
    type Stores = KeyValue<String, u64>;

    fn process<O: Forward<String, u64>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, record.key, &1);
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.process(Count).to("counts");
    }
}

fn main() {}
