//! Of a global table every process keeps the latest rows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let prices: GlobalTable<String, i64> = global_table("prices").versioned(minutes(10));
        orders.join(prices, |item, _| item.clone(), |count, price| count * price).to("out");
    }
}

fn main() {}
