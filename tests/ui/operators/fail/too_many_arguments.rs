//! Two conditions in one filter.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| v.len() > 10, |_, v| v.len() < 20).to("out");
    }
}

fn main() {}
