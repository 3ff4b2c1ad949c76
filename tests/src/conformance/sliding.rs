//! Aggregations in sliding windows.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat};

topology! {
    fn sliding_count() -> SlidingCount {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(50)).grace(millis(60))).count();
        w.to_stream().to("out");
    }

    fn sliding_early() -> SlidingEarly {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(sliding(millis(50)).grace(millis(500)))
            .aggregate(|| "*".to_owned(), |_, v, agg| cat(&agg, v));
        w.to_stream().to("out");
    }

    fn sliding_edges() -> SlidingEdges {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> =
            input.group_by_key().windowed_by(sliding(millis(50)).grace(millis(50))).reduce(|a, b| cat(a, b));
        w.to_stream().to("out");
    }

    fn close_sliding() -> CloseSliding {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input
            .group_by_key()
            .windowed_by(sliding(millis(50)).grace(millis(40)))
            .emit_on_close()
            .count()
            .retention(seconds(10));
        w.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("sliding_count", sliding_count).windows_of(50).window_store::<u64>("w"),
        Scenario::new("sliding_early", sliding_early).windows_of(50).window_store::<String>("w"),
        Scenario::new("sliding_edges", sliding_edges).windows_of(50).window_store::<String>("w"),
        Scenario::new("close_sliding", close_sliding).windows_of(50).window_store::<u64>("w"),
    ]
}
