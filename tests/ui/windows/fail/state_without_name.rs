//! A windowed aggregation without a name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        views.group_by_key().windowed_by(tumbling(minutes(1))).count().to_stream().to("out");
    }
}

fn main() {}
