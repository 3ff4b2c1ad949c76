//! The error of a `try_` closure is none.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.try_map_values(|line| if line.is_empty() { Err(5) } else { Ok(line.len() as u64) }).to("out");
    }
}

fn main() {}
