//! A foreign key is made of the value, or of key and value; the joiner sees both values.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let none = orders.join(users, || String::new(), |order, user| format!("{order} of {user}"));
        let one = orders.left_join(users, |order| order.clone(), |order| order.clone());
        none.to_stream().to("out");
        one.to_stream().to("out");
    }
}

fn main() {}
