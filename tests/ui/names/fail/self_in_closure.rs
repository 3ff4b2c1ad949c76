//! A parameter as a field of `self`.
use streams_runtime::prelude::*;

topology! {
    pub fn example(min: usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| line.len() > self.min).to("out");
    }
}

fn main() {}
