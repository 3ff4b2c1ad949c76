//! A pattern that is not a tuple of names.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let Branches { long, short } = lines.split().branch(|_, v| v.len() > 10).otherwise();
        lines.to("out");
    }
}

fn main() {}
