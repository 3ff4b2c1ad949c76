//! A foreign key is an owned value.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let letters = orders.join(users, |order| order.as_str(), |order, user| format!("{order} of {user}"));
        letters.to_stream().to("out");
    }
}

fn main() {}
