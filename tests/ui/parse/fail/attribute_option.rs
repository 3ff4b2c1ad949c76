//! An option that the attribute does not have.
use streams_runtime::attribute::topology;
use streams_runtime::prelude::Stream;

#[topology(runtime = streams_runtime)]
pub fn example() -> Example {
    let lines: Stream<String, String> = stream("lines");
    lines.to("out");
}

fn main() {}
