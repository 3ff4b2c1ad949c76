//! A source whose type is not written.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines = stream("lines");
        lines.to("out");
    }
}

fn main() {}
