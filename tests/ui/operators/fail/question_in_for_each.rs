//! `?` in a closure that gives nothing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.for_each(|_, line| { let n: u64 = line.parse()?; println!("{n}"); });
    }
}

fn main() {}
