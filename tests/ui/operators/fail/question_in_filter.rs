//! `?` in a condition.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| { let n: u64 = line.parse()?; n > 3 }).to("numbers");
    }
}

fn main() {}
