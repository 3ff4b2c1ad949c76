//! A `try_` operator whose closure gives no `Result`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.try_filter(|_, line| line.len() > 3).to("out");
    }
}

fn main() {}
