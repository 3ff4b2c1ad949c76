//! A history, and no store to keep it.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Table<String, i64> = table("prices").versioned(minutes(10)).without_store();
        prices.to_stream().to("out");
    }
}

fn main() {}
