//! A table is joined with a stream; only the other way round has a meaning.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let orders: Stream<String, String> = stream("orders");
        users.join(orders, |user, order| format!("{user}{order}")).to_stream().to("out");
    }
}

fn main() {}
