//! Types on the names of branches.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (long, short): (Stream<String, String>, Stream<String, String>) =
            lines.split().branch(|_, v| v.len() > 10).otherwise();
        long.merge(short).to("out");
    }
}

fn main() {}
