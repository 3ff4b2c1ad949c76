//! `?` where an operator takes no `Result`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| line.parse::<u64>()?).to("numbers");
    }
}

fn main() {}
