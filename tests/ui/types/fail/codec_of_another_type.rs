//! A format that cannot carry the type.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(BigEndian, Utf8);
        lines.to("out");
    }
}

fn main() {}
