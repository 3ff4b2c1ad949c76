//! A changelog of a join that keeps nothing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let users: Table<String, String> = table("users");
        let joined = orders.join(users, |order, user| format!("{order} {user}")).without_changelog();
        joined.to("out");
    }
}

fn main() {}
