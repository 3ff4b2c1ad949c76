//! State whose type is not written.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts = lines.group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
