//! Windows, and nothing that is made of them.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let per_minute: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)));
    }
}

fn main() {}
