//! A joiner of two streams that takes one value.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.join(payments, |cents| *cents, within(minutes(5)));
        paid.to("paid");
    }
}

fn main() {}
