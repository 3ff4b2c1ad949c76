//! A generic topology.
use streams_runtime::prelude::*;

topology! {
    pub fn example<T: Clone>(limit: T) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
