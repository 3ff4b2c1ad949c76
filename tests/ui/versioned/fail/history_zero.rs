//! A history that holds nothing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Table<String, i64> = table("prices").versioned(seconds(0));
        prices.to_stream().to("out");
    }
}

fn main() {}
