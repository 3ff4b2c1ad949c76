//! A parameter misspelled.
use streams_runtime::prelude::*;

topology! {
    pub fn example(input: String) -> Example {
        let lines: Stream<String, String> = stream(inptu);
        lines.to("out");
    }
}

fn main() {}
