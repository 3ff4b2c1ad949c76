//! A processor that writes a global table.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = GlobalRows<String, String>;

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
        let users: GlobalTable<String, String> = global_table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, users);
    }
}

fn main() {}
