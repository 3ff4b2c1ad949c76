//! Names of state get a suffix; they must not have one already.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.group_by_key().count().named("words-repartition");
    }
}

fn main() {}
