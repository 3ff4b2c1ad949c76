//! A line that is being typed; the others are not affected.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, v| v.len() > 10);
        long.
        let short = lines.filter_not(|_, v| v.len() > 10);
        short.to("out");
    }
}

fn main() {}
