//! Kafka Streams has no results on close for a cogroup, and neither is there here.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views
            .group_by_key()
            .cogroup(|_, _, n| n + 1)
            .windowed_by(tumbling(minutes(1)).grace(seconds(1)))
            .emit_on_close()
            .aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
