//! Types on an operator.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values::<usize>(|v| v.len()).to("out");
    }
}

fn main() {}
