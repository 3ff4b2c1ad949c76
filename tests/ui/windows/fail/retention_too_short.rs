//! A store that forgets windows that still take records.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(10))).count().retention(seconds(69));
        counts.to_stream().to("out");
    }
}

fn main() {}
