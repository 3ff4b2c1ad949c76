//! More names than branches.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (a, b, c) = lines.split().branch(|_, v| v.len() > 10).otherwise();
        a.merge(b).to("out");
        c.to("rest");
    }
}

fn main() {}
