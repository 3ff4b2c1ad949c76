//! A signature without a body.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example;
}

fn main() {}
