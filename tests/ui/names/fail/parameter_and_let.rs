//! A parameter and a stream of one name.
use streams_runtime::prelude::*;

topology! {
    pub fn example(limit: usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        let limit = lines.filter(|_, v| v.len() > 10);
        limit.to("out");
    }
}

fn main() {}
