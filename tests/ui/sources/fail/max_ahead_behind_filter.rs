//! Only a source knows which records are from the future.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| !line.is_empty()).max_ahead(seconds(5)).to("out");
    }
}

fn main() {}
