//! Until windows close, where there are none, out of sight of the macro.
use streams_runtime::prelude::*;

const UNTIL: streams_runtime::operators::UntilWindowCloses = until_window_closes();

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let last = users.suppress(UNTIL);
        last.to_stream().to("out");
    }
}

fn main() {}
