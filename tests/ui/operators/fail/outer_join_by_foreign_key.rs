//! There is no outer join by a foreign key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let both = orders.outer_join(users, |order| order.clone(), |order, user| format!("{order:?} of {user:?}"));
        both.to_stream().to("out");
    }
}

fn main() {}
