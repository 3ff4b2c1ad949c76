//! A grace that is longer than the history.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: Table<String, i64> = table("rates").versioned(millis(10));
        let cheap = rates.filter(|_, rate| *rate < 10);
        let priced = orders.join(cheap, |n, rate| n * rate).grace(seconds(1));
        priced.to("out");
    }
}

fn main() {}
