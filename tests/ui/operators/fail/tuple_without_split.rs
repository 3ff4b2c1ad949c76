//! A tuple for one stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (a, b) = lines.filter(|_, v| v.len() > 10);
        a.merge(b).to("out");
    }
}

fn main() {}
