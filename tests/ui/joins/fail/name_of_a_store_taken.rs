//! State with the name of a join's store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), within(minutes(5)));
        paid.group_by_key().count().named("paid-this-join-store");
        paid.to("paid");
    }
}

fn main() {}
