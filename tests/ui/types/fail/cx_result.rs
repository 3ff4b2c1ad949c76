//! A closure with the context whose result has the wrong type.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v, cx| v.len() as i64 + cx.offset()).to("out");
    }
}

fn main() {}
