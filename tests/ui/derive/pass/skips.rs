//! What may be skipped: what is asked for, what has one value only, and what is read as it was left out.
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<String>,
    #[serde(skip)]
    kind: PhantomData<T>,
    #[serde(skip)]
    #[stream_data(allow_skip)]
    memo: u64,
    #[serde(rename(serialize = "cents", deserialize = "cents"))]
    price: u64,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
#[stream_data(allow_skip)]
struct Loose {
    item: String,
    #[serde(skip)]
    memo: u64,
}

#[derive(Clone, Default, Serialize, Deserialize, StreamData)]
#[serde(default)]
struct Defaults {
    #[serde(skip_serializing_if = "String::is_empty")]
    item: String,
}

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, Order<u8>> = stream("orders");
        orders.filter(|_, order| order.memo > 0 && order.price > 0 && order.note.is_some() && order.items.is_empty()).to("out");
        let loose: Stream<String, Loose> = stream("loose");
        loose.filter(|_, loose| loose.memo > 0 && loose.item.is_empty()).to("loose_out");
        let defaults: Stream<String, Defaults> = stream("defaults");
        defaults.filter(|_, defaults| defaults.item.is_empty()).to("defaults_out");
    }
}

fn main() {
    let _ = Order::<u8> { note: None, items: Vec::new(), kind: PhantomData, memo: 0, price: 0 };
    example();
}
