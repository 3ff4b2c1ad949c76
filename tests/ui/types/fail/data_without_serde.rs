//! JSON without serde.
use streams_runtime::prelude::*;

#[derive(Clone, StreamData)]
struct Order {
    item: String,
}

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, Order> = stream("orders");
        orders.filter(|_, order| order.item != "tea").to("out");
    }
}

fn main() {}
