//! Nothing names the type of the topology.
use streams_runtime::prelude::*;

topology! {
    pub fn word_count() {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
