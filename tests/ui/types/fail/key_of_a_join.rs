//! Streams that are joined by a key whose equal values may differ in bytes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let left: Stream<f64, String> = stream("left");
        let right: Stream<f64, String> = stream("right");
        let both = left.join(right, |a, b| format!("{a}{b}"), within(millis(5)).grace(millis(5)));
        both.map_values(|text| text.len() as u64).to("out");
    }
}

fn main() {}
