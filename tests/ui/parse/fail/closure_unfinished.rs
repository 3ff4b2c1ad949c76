//! A closure that is being typed.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| v.len() >).to("out");
    }
}

fn main() {}
