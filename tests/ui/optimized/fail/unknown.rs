//! An optimization that there is not, and none at all.
use streams_runtime::prelude::*;

topology! {
    #[optimized(merge_repartition)]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }

    #[optimized = "all"]
    pub fn other() -> Other {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
