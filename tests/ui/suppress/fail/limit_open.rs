//! What happens to a final result that there is no place for is not said.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count();
        let closed = counts.suppress(until_window_closes().max_bytes(1 << 20));
        closed.to_stream().to("out");
    }
}

fn main() {}
