//! A window that never closes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(unlimited()).count();
        let closed = counts.suppress(until_window_closes());
        closed.to_stream().to("out");
    }
}

fn main() {}
