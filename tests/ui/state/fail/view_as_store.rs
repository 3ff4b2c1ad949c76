//! Tables whose rows are nowhere: a view, and one without a store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let adults = users.filter(|_, user| user.len() > 17);
        let visits: Table<String, String> = table("visits").without_store();
        let lines: Stream<String, String> = stream("lines");
        lines.process(Dedup, (adults, visits));
    }
}

fn main() {}
