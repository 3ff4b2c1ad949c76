//! `windowed_by` behind what it is for.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().count().windowed_by(tumbling(minutes(1)));
    }
}

fn main() {}
