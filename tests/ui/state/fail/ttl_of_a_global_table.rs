//! A global table belongs to no task.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let rates: GlobalTable<String, i64> = global_table("rates").ttl(hours(1));
        let orders: Stream<String, i64> = stream("orders");
        orders.join(rates, |_, _| "eur", |order, rate| order * rate).to("out");
    }
}

fn main() {}
