//! Two streams have their grace in the windows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let shipped: Stream<String, i64> = stream("shipped");
        let both = orders.join(shipped, |n, m| n + m, within(minutes(5))).grace(minutes(1));
        both.to("out");
    }
}

fn main() {}
