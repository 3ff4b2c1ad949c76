//! A stream that nothing reads is rustc's warning, at its name.
#![deny(unused_variables)]

use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, line| line.len() > 10);
        lines.to("out");
    }
}

fn main() {}
