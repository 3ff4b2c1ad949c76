//! A filter that does not give `bool`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| line.len()).to("out");
    }
}

fn main() {}
