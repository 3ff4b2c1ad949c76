//! An option with too many arguments.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders").partitions(1, 2);
        orders.to("out");
    }
}

fn main() {}
