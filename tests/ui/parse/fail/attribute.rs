//! An attribute that could not keep its meaning.
use streams_runtime::prelude::*;

topology! {
    #[inline]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
