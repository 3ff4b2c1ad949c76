//! An outer join of a stream that has null keys with one that has none.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<Option<String>, i64> = stream("payments");
        let paid = orders.outer_join(payments, |order, cents| format!("{order:?}{cents:?}"), within(minutes(5)).grace(minutes(1)));
        paid.to("paid");
    }
}

fn main() {}
