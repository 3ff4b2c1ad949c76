//! The type of a table in windows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts = views.group_by_key().windowed_by(tumbling(minutes(1))).count();
    }
}

fn main() {}
