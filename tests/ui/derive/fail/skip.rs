//! What serde does not write would come back or not, depending on the cache.
use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    item: String,
    #[serde(skip)]
    seen: u64,
    #[serde(default, skip_serializing)]
    cents: u64,
    #[serde(rename = "m", skip_deserializing)]
    made: u64,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
enum Kind {
    A,
    #[serde(skip)]
    B(String),
}

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, Order> = stream("orders");
        orders.filter(|_, order| order.seen > 0).to("out");
        let kinds: Stream<String, Kind> = stream("kinds");
        kinds.filter(|_, kind| matches!(kind, Kind::A)).to("kinds_out");
    }
}

fn main() {}
