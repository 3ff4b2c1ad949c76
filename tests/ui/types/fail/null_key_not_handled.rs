//! Null lives in the type: a key that may be null is an `Option`.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, StreamData)]
pub struct Place {
    pub row: u32,
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<Option<Place>, String> = stream("lines");
        lines.filter(|place, _| place.row > 3).to("out");
    }
}

fn main() {}
