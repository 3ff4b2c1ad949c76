//! A method.
use streams_runtime::prelude::*;

topology! {
    pub fn example(&self) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
