//! A store keeps what has no wire format.
use streams_runtime::prelude::*;

struct Length(usize);

struct Count;

impl Processor<String, String> for Count {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, Length>;

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
        let lines: Stream<String, String> = stream("lines");
        let lengths: KeyValueStore<String, Length> = key_value_store();
        lines.process(Count, lengths).to("out");
    }
}

fn main() {}
