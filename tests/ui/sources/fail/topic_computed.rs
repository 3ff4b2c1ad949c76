//! A topic that is no text, as can be seen.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream(("lines", "words"));
        lines.to("out");
    }
}

fn main() {}
