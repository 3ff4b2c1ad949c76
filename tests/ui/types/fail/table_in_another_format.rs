//! A table in a format that is none of its values.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let counts: Table<String, u64> = table("counts").with(Utf8, Utf8);
        counts.to_stream().to("out");
    }
}

fn main() {}
