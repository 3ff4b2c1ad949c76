//! A repartition in a format that is none of its keys.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let sized = lines.select_key(|_, line| line.len() as u64).repartition().with(Utf8, Utf8);
        sized.to("out");
    }
}

fn main() {}
