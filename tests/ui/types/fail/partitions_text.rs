//! A text is no partition.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out").partitioned_by(|key, _, _| key.clone());
    }
}

fn main() {}
