//! Two streams of different keys.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), within(minutes(5)));
        paid.to("paid");
    }
}

fn main() {}
