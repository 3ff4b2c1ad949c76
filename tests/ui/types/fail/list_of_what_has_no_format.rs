//! Elements of a list need a format.
use streams_runtime::prelude::*;

#[derive(Clone)]
struct Step(u32);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let steps: Table<String, Vec<Step>> = lines.group_by_key().aggregate(Vec::new, |_, line, mut steps: Vec<Step>| {
            steps.push(Step(line.len() as u32));
            steps
        });
        steps.to_stream().to("out");
    }
}

fn main() {}
