//! Windows of an aggregation in a join.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), tumbling(minutes(5)));
        paid.to("paid");
    }
}

fn main() {}
