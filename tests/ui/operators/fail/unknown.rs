//! An operator misspelled.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.mapp(|k, v| (k.clone(), v.len())).to("out");
    }
}

fn main() {}
