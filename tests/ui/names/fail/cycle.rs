//! A stream that feeds itself.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let retried = lines.merge(failed);
        let failed = retried.filter(|_, v| v.len() > 10);
        failed.to("out");
    }
}

fn main() {}
