//! A view with a store of its own has no history.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: Table<String, i64> = table("rates").versioned(minutes(10));
        let halves: Table<String, i64> = rates.map_values(|rate| rate / 2);
        let priced = orders.join(halves, |n, rate| n * rate).grace(minutes(1));
        priced.to("out");
    }
}

fn main() {}
