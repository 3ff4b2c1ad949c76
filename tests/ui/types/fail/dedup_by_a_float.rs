//! Ids are compared by their bytes, and equal floats may have different ones.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Stream<String, f64> = stream("prices");
        let changes = prices.dedup_by(|_, price| *price, within(minutes(1)));
        changes.to("out");
    }
}

fn main() {}
