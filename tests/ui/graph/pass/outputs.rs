//! Outputs that are read several times, not at all on purpose, and grouped.
use streams_runtime::prelude::*;

struct Sort;

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

/// The same, with keys that stay.
struct SortValues;

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
        let (words, _numbers) = lines.process(Sort);
        let (_words, numbers) = words.process(Sort);
        words.to("words");
        let (_others, of_values) = lines.process_values(SortValues);
        let sums: Table<String, i64> = of_values.group_by_key().reduce(|sum, number| sum + number);
        sums.to_stream().to("sums");
        let counts: Table<String, u64> = numbers.group_by_key().count();
        counts.to_stream().to("counts");
    }
}

fn main() {}
