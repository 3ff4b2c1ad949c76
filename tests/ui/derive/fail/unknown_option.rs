//! An option that the derive does not have.
use streams_runtime::prelude::*;

#[derive(Clone, StreamData)]
#[stream_data(format = Json)]
pub struct View {
    pub ms: u64,
}

fn main() {}
