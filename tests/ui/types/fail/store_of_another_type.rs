//! A store of other types than the processor wants.
use streams_runtime::prelude::*;

struct Dedup;

impl Processor<String, String> for Dedup {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, i64>;

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, record.key, record.value);
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<String, String> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Dedup, seen).to("out");
    }
}

fn main() {}
