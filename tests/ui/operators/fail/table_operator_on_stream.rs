//! An operator of tables on a stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to_stream().to("out");
    }
}

fn main() {}
