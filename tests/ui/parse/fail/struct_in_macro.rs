//! Another item than a function.
use streams_runtime::prelude::*;

topology! {
    pub struct Example {
        min: u64,
    }
}

fn main() {}
