//! What is made of two tables has no history.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: Table<String, i64> = table("rates").versioned(minutes(10));
        let taxes: Table<String, i64> = table("taxes").versioned(minutes(10));
        let both = rates.join(taxes, |rate, tax| rate + tax);
        let priced = orders.left_join(both, |n, rate| n * rate.copied().unwrap_or(1)).grace(minutes(1));
        priced.to("out");
    }
}

fn main() {}
