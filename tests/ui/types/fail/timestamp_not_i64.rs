//! An extractor that gives no time.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").timestamp(|_, line| line.clone());
        lines.to("out");
    }
}

fn main() {}
