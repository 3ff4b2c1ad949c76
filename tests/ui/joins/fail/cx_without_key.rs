//! A joiner that takes the context, but leaves out the key; and so a foreign key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let users: Table<String, String> = table("users");
        views.join(users, |view, user, cx| format!("{view}{user}{}", cx.offset())).to("out");
        let orders: Table<u64, String> = table("orders");
        let letters = orders.join(users, |order, cx| order.clone(), |order, user| format!("{order}{user}"));
        letters.to_stream().to("letters");
    }
}

fn main() {}
