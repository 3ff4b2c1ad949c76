//! What waits has no name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count();
        counts.suppress(until_window_closes()).to_stream().to("out");
    }
}

fn main() {}
