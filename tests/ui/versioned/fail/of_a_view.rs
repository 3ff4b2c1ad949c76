//! What is filtered has no history of its own.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Table<String, i64> = table("prices").versioned(minutes(10));
        let dear: Table<String, i64> = prices.filter(|_, price| *price > 100).versioned(minutes(10));
        dear.to_stream().to("out");
    }
}

fn main() {}
