//! Two parameters of one name.
use streams_runtime::prelude::*;

topology! {
    pub fn example(limit: usize, limit: u64) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
