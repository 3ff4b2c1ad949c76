//! An attribute that means nothing on a topology.
use streams_runtime::prelude::*;

topology! {
    #[test]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
