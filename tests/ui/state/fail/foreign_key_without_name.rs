//! A join by a foreign key has topics, which need a name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        orders.join(users, |order| order.clone(), |order, user| format!("{order} of {user}")).to_stream().to("out");
    }
}

fn main() {}
