//! The context in front of other parameters.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.flat_map_values(|line, cx, out| for word in line.split(' ') { out(word) }).to("words");
        lines.filter(|_cx, _, v| v.len() > 10).to("long");
    }
}

fn main() {}
