//! The type of a topology is made by the macro, so it is one new name.
use streams_runtime::prelude::*;

topology! {
    pub fn word_count() -> Topology<String> {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
