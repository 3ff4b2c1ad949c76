//! Every statement is parsed alone: three mistakes, three errors.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        while true {}
        let lines: Stream<String, String> = stream("lines");
        let _ = lines.filter(|_, v| v.is_empty());
        return;
        lines.to("out");
    }
}

fn main() {}
