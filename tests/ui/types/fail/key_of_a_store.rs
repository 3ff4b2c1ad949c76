//! A store's key.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<(String, f64), String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        cx.store(cx.stores).put(&(record.key.clone(), 1.0), record.value.clone())?;
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<(String, f64), String> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, seen);
    }
}

fn main() {}
