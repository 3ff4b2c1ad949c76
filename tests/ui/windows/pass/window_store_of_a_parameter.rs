//! Sizes of a store from a constant and a parameter, and duplicates.
use streams_runtime::prelude::*;

const SIZE: std::time::Duration = minutes(1);

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
    pub fn example(kept_s: u64) -> Example {
        let kept: WindowStore<String, String> = window_store(seconds(*kept_s), SIZE).named("kept-windows").retain_duplicates();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Keep, kept);
    }
}

fn main() {}
