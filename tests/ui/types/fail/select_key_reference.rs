//! A reference from the closure of `select_key`.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    item: String,
}

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, Order> = stream("orders");
        orders.select_key(|_, order| &order.item).to("out");
    }
}

fn main() {}
