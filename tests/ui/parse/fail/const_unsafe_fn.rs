//! Two modifiers, two errors.
use streams_runtime::prelude::*;

topology! {
    pub const unsafe fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
