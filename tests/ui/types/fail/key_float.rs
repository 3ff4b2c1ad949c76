//! Equal floats may have different bytes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Stream<String, f64> = stream("prices");
        let counts = prices.group_by(|_, price| *price).count().named("counts");
        counts.to_stream().map_values(|n| n.unwrap_or(0) + 1).to("out");
    }
}

fn main() {}
