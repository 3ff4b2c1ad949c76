//! A key that has no wire format.
use streams_runtime::prelude::*;

struct Letter(Option<char>);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> = lines.group_by(|_, line| Letter(line.chars().next())).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
