//! A limit whose end is open, out of sight of the macro.
use streams_runtime::prelude::*;

const UNTIL: streams_runtime::operators::LimitedUntilWindowCloses = until_window_closes().max_records(1);

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(5))).count();
        let closed = counts.suppress(UNTIL);
        closed.to_stream().to("out");
    }
}

fn main() {}
