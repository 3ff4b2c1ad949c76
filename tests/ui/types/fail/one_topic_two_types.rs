//! A topic is read with one type and written with another.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let lengths: Stream<String, u64> = stream("lengths");
        lines.to("lengths");
        lengths.to("more-lengths");
    }
}

fn main() {}
