//! The left side of a join by a foreign key is looked up when the answer comes, the right one when it is asked for.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders").without_store();
        let users: Table<String, String> = table("users").without_store();
        let letters = orders.join(users, |order| order.clone(), |order, user| format!("{order} of {user}"));
        letters.to_stream().to("out");
    }
}

fn main() {}
