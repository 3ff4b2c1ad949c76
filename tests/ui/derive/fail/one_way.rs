//! Written under one name, read under another.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    #[serde(rename(serialize = "name", deserialize = "item"))]
    item: String,
}

fn main() {}
