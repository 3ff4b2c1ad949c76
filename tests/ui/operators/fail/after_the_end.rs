//! An operator behind a sink.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out").to("copy");
    }
}

fn main() {}
