//! One codec instead of two.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Utf8);
        lines.to("out");
    }
}

fn main() {}
