//! Without `.emit_on_close()` nothing waits.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> =
            views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(1))).flush_after(seconds(30)).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
