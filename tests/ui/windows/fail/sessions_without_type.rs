//! The type of a table of sessions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts = views.group_by_key().windowed_by(sessions(minutes(1))).count();
    }
}

fn main() {}
