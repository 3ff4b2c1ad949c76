//! A join by a foreign key has a store for its subscriptions, whose name is taken here.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let seen: KeyValueStore<u64, u64> = key_value_store().named("letters-subscription-store");
        let letters = orders.join(users, |order| order.clone(), |order, user| format!("{order} of {user}"));
        letters.to_stream().process(Seen, seen).to("out");
    }
}

fn main() {}
