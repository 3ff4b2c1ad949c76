//! A join by a foreign key keeps its rows only with a written type.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Table<u64, String> = table("orders");
        let users: Table<String, String> = table("users");
        let places: Table<u64, String> = table("places");
        let letters = orders.join(users, |order| order.clone(), |order, user| format!("{order} of {user}"));
        letters.filter(|_, letter| letter.len() > 3).join(places, |letter, place| format!("{letter} to {place}")).to_stream().to("out");
        let counts: Table<String, u64> = letters.group_by(|_, letter| (letter.clone(), 1u64)).count();
        counts.to_stream().to("counts");
    }
}

fn main() {}
