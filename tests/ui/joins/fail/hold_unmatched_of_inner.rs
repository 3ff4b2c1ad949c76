//! An inner join has no results for records without a partner.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, String> = stream("payments");
        let paid = orders.join(payments, |a, b| format!("{a}{b}"), within(seconds(1)).grace(millis(0))).hold_unmatched();
        paid.to("out");
    }
}

fn main() {}
