//! A window store that forgets its windows before they end.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = WindowState<String, String>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(cx.store(cx.stores).put(record.key, record.value.clone(), record.timestamp_ms)?)
    }
}

topology! {
    pub fn example() -> Example {
        let kept: WindowStore<String, String> = window_store(seconds(30), minutes(1));
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, kept);
    }
}

fn main() {}
