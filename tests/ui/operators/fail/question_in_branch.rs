//! `?` in a branch of a split.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (a, b) = lines.split().branch(|_, line| line.parse::<u64>()? > 3).otherwise();
        a.to("a");
        b.to("b");
    }
}

fn main() {}
