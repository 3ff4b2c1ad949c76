//! Only a window store can keep duplicates.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = KeyValue<String, String>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        _: Record<'_, String, String>,
        _: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let kept: KeyValueStore<String, String> = key_value_store().retain_duplicates();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, kept);
    }
}

fn main() {}
