//! The records of a join of streams wait in no cache.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, String> = stream("payments");
        let paid = orders.join(payments, |order, payment| format!("{order} {payment}"), within(minutes(1)).grace(minutes(1))).without_cache();
        paid.to("out");
    }
}

fn main() {}
