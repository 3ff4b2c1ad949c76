//! Until windows close, where there are none.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let last = users.filter(|_, name| name != "x").suppress(until_window_closes());
        last.to_stream().to("out");
    }
}

fn main() {}
