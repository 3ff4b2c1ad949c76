//! Nothing at all.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {

    }
}

fn main() {}
