//! A table with a history, whose rows are to expire as well.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let prices: Table<String, i64> = table("prices").versioned(minutes(10)).ttl(hours(1));
        prices.to_stream().to("out");
    }
}

fn main() {}
