//! A timestamp is computed from key and value, and the record if it is needed.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").timestamp(|line| line.len() as i64);
        lines.to("out");
    }
}

fn main() {}
