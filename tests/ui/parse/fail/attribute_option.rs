//! An option that the attribute does not have.
use streams_runtime::attribute::topology;

#[topology(runtime = streams_runtime)]
pub fn example() -> Example {
    let lines: streams_runtime::Stream<String, String> = stream("lines");
    lines.to("out");
}

fn main() {}
