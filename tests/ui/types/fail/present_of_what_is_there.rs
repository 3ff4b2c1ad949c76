//! Nothing can be missing here.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        orders.present().map_values(|order| order.len() as u64).to("lengths");
    }
}

fn main() {}
