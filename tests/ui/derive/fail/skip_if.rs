//! What is left out must have a default to be read.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<String>,
}

fn main() {}
