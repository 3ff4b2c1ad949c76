//! Tables with different keys, and no closure that says which row is meant.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, i64> = table("users");
        let named: Table<u64, String> = orders.join(users, |order, user| format!("{order}{user}"));
    }
}

fn main() {}
