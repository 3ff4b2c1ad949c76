//! Windows without an aggregation.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        views.group_by_key().windowed_by(tumbling(minutes(1)));
    }
}

fn main() {}
