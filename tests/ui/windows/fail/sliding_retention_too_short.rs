//! A record looks for sliding windows that end before it.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(sliding(minutes(1)).grace(seconds(10))).count().retention(seconds(70));
        counts.to_stream().to("out");
    }
}

fn main() {}
