//! The types of stores where their handles are wanted.
use streams_runtime::prelude::*;

struct Keep;

impl Processor<String, f64> for Keep {
    type KeyOut = String;
    type ValueOut = f64;
    type Stores = (WindowStore<String, f64>, SessionStore<String, f64>);

    fn process<O: Forward<String, f64>>(
        &mut self,
        record: Record<'_, String, f64>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, record.key, record.value);
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let readings: Stream<String, f64> = stream("readings");
        let recent: WindowStore<String, f64> = window_store(minutes(10), minutes(1));
        let visits: SessionStore<String, f64> = session_store(minutes(10));
        readings.process(Keep, (recent, visits)).to("out");
    }
}

fn main() {}
