//! A value is copied into stores.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Serialize, Deserialize, StreamData)]
struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lengths: Stream<String, Length> = stream("lengths");
        lengths.to("out");
    }
}

fn main() {}
