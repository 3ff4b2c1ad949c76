//! A foreign key is not of the type of the keys on the right.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let by_length = orders.join(users, |order| order.len() as u64, |order, user| format!("{order} of {user}"));
        by_length.to_stream().to("out");
        let maybe = orders.left_join(users, |order| Some(order.len() as u64), |order, user| format!("{order} of {user:?}"));
        maybe.to_stream().to("out-too");
    }
}

fn main() {}
