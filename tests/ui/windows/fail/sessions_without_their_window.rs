//! The type of keys in other windows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(sessions(minutes(5))).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
