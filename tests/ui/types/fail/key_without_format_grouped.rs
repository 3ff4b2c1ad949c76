//! The key of a grouping has no wire format.
use streams_runtime::prelude::*;

#[derive(Clone)]
struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<Length, u64> = lines.group_by(|_, line| Length(line.len())).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
