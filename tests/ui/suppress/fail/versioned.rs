//! Of a table with a history it cannot be told which change is the one to keep.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Table<String, u64> = table("prices").versioned(minutes(10));
        let rated = prices.map_values(|price| price / 100).suppress(until_time_limit(seconds(1)));
        rated.to_stream().to("out");
    }
}

fn main() {}
