//! A union.
use streams_runtime::prelude::*;

#[derive(Clone, Copy, StreamData)]
pub union View {
    pub ms: u64,
    pub at_ms: i64,
}

fn main() {}
