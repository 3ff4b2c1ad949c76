//! A window store that does not say how long it keeps its windows.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = WindowState<String, String>;

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
        let kept: WindowStore<String, String> = window_store();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, kept);
    }
}

fn main() {}
