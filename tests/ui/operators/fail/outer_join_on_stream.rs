//! A stream and a table have no outer join: a table's change makes no result.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let orders: Stream<String, String> = stream("orders");
        orders.outer_join(users, |order, user| format!("{order:?}{user:?}")).to("out");
    }
}

fn main() {}
