//! The windows are lost behind another key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count();
        let per_length: Table<u64, u64> = counts.group_by(|_, n| (*n, *n)).count();
        let last = per_length.suppress(until_window_closes());
        last.to_stream().to("out");
    }
}

fn main() {}
