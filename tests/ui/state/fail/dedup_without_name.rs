//! Which records have passed is kept, and kept under a name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        orders.dedup(within(minutes(10))).to("first");
    }
}

fn main() {}
