//! A topology has a type, which cannot stand in an `impl` block.
use streams_runtime::prelude::*;

struct App;

impl App {
    topology! {
        pub fn example() -> Example {
            let lines: Stream<String, String> = stream("lines");
            lines.to("out");
        }
    }
}

fn main() {}
