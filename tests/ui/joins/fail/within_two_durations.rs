//! Both sides of the windows in one call.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        let payments: Stream<u64, i64> = stream("payments");
        let paid = orders.left_join(payments, |order, cents| format!("{order}{cents:?}"), within(seconds(10), seconds(2)));
        paid.to("paid");
    }
}

fn main() {}
