//! Two streams that are divided differently.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders").partitions(4);
        let payments: Stream<String, i64> = stream("payments").partitions(6);
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), within(minutes(5)));
        paid.to("paid");
    }
}

fn main() {}
