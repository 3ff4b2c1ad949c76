//! Windows that end before they begin.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.join(payments, |order, cents| format!("{order}{cents}"), within(seconds(1)).after_ms(-1_001).grace(seconds(5)));
        paid.to("paid");
    }
}

fn main() {}
