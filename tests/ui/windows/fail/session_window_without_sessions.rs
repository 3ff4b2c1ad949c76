//! The type of keys in sessions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> = views.group_by_key().windowed_by(tumbling(minutes(5))).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
