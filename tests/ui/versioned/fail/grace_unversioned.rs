//! There is nothing to wait for: the table has its latest rows only.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: Table<String, i64> = table("rates");
        let halves = rates.map_values(|rate| rate / 2);
        let priced = orders.join(halves, |n, rate| n * rate).grace(minutes(1));
        priced.to("out");
    }
}

fn main() {}
