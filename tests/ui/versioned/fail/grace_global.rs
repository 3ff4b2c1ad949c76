//! A global table has no history.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let rates: GlobalTable<String, i64> = global_table("rates");
        let priced = orders.join(rates, |item, _| item.clone(), |n, rate| n * rate).grace(minutes(1));
        priced.to("out");
    }
}

fn main() {}
