//! One name for a processor with several outputs, far from the source.
use streams_runtime::prelude::*;

struct Sort;

impl Sort {
    fn new() -> Self {
        Sort
    }
}

impl BranchingProcessor<String, String> for Sort {
    type Outputs = (Out<String, String>, Out<String, i64>);
    type Stores = ();

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (words, numbers) = out.ways();
        match record.value.parse::<i64>() {
            Ok(number) => numbers.forward(cx, record.key, &number),
            Err(_) => words.forward(cx, record.key, record.value),
        }
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, line| line.len() > 3);
        let sorted = long.process(Sort::new());
        sorted.to("sorted");
    }
}

fn main() {}
