//! A join of two streams whose stores would have no name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        orders.join(payments, |order, cents| format!("{order}{cents}"), within(minutes(5))).to("paid");
    }
}

fn main() {}
