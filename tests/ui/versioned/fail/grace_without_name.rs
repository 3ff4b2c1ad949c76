//! Records that are held need a store with a name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: Table<String, i64> = table("rates").versioned(minutes(10));
        orders.join(rates, |n, rate| n * rate).grace(minutes(1)).to("out");
    }
}

fn main() {}
