//! A final result cannot leave early.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count();
        let closed = counts.suppress(until_window_closes().max_records(1000).emit_early_when_full());
        closed.to_stream().to("out");
    }
}

fn main() {}
