//! A table has a row of the key or has none when the record comes: nothing to wait for.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let users: Table<String, String> = table("users");
        let known = orders.left_join(users, |order, user| format!("{order}{user:?}")).hold_unmatched();
        known.to("out");
    }
}

fn main() {}
