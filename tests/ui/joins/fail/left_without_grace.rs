//! Results for records without a partner, without saying how long they wait.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, i64> = stream("payments");
        let paid = orders.left_join(payments, |order, cents| format!("{order}{cents:?}"), within(minutes(5)).after_ms(0));
        let both = orders.try_outer_join(payments, |_, cents| cents.copied().ok_or("unpaid"), within(minutes(5)));
        paid.to("paid");
        both.to("both");
    }
}

fn main() {}
