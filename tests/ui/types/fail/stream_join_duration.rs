//! A duration for the windows of a join.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        let payments: Stream<u64, i64> = stream("payments");
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), seconds(10));
        paid.to("paid");
    }
}

fn main() {}
