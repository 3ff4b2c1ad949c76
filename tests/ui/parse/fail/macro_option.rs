//! An option that the macro does not have.
use streams_runtime::prelude::*;

topology! {
    #![crate_path(streams_runtime)]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
