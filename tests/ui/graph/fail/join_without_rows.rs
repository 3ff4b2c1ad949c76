//! A join looks up rows of a view over a table that keeps none.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let users: Table<String, String> = table("users").without_store();
        let adults = users.filter(|_, user| user.len() > 17);
        orders.join(adults, |order, user| format!("{order} of {user}")).to("out");
    }
}

fn main() {}
