//! Windows are kept for their retention.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> =
            views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count().ttl(hours(1));
        counts.to_stream().to("counts");
    }
}

fn main() {}
