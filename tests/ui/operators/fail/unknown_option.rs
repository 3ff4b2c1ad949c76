//! An option misspelled.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").timestmap(|_, v| v.len() as i64);
        lines.to("out");
    }
}

fn main() {}
