//! An async topology.
use streams_runtime::prelude::*;

topology! {
    pub async fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
