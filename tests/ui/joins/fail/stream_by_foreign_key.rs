//! A foreign key, on a stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<u64, String> = stream("orders");
        let users: Table<String, String> = table("users");
        orders.join(users, |order| order.clone(), |order, user| format!("{order}{user}")).to("out");
    }
}

fn main() {}
