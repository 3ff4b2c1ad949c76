//! Windows of a deduplication that end before they begin.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        let first = orders.dedup(within(seconds(60)).after_ms(-60_001));
        first.to("first");
    }
}

fn main() {}
