//! A map whose order varies, inside of a key.
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Labels {
    labels: HashMap<String, u32>,
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, Labels> = stream("lines");
        let counts: Table<Labels, u64> = lines.select_key(|_, labels| labels.clone()).group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
