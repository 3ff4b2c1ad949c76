//! A store that has a retention.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let seen: WindowStore<String, u64> = window_store(hours(1), minutes(1)).ttl(hours(1));
        let orders: Stream<String, i64> = stream("orders");
        orders.process(Count, seen).to("out");
    }
}

fn main() {}
