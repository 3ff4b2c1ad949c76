//! One name for a fixed-key processor with several outputs, far from the source.
use streams_runtime::prelude::*;

struct SortValues;

impl SortValues {
    fn new() -> Self {
        SortValues
    }
}

impl BranchingFixedKeyProcessor<String, String> for SortValues {
    type Outputs = (OutValue<String>, OutValue<i64>);
    type Stores = ();

    fn process<O: ValueOutlets<Self::Outputs>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (words, numbers) = out.ways();
        match record.value.parse::<i64>() {
            Ok(number) => numbers.forward(cx, &number),
            Err(_) => words.forward(cx, record.value),
        }
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, line| line.len() > 3);
        let sorted = long.process_values(SortValues::new());
        sorted.to("sorted");
    }
}

fn main() {}
