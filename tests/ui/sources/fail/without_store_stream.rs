//! A stream has no store that it could do without.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders").without_store();
        orders.to("out");
    }
}

fn main() {}
