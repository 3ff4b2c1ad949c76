//! Parameters are references in closures.
use streams_runtime::prelude::*;

topology! {
    pub fn example(min_len: usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| line.len() >= min_len).to("out");
    }
}

fn main() {}
