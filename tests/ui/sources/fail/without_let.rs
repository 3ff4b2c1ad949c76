//! A source in the middle of a chain.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        stream("lines").to("out");
    }
}

fn main() {}
