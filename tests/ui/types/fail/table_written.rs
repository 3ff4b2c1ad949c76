//! A processor that writes the rows of a table.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = ReadOnly<KeyValue<String, String>>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        cx.store(cx.stores).put(record.key, record.value.clone())?;
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, users);
    }
}

fn main() {}
