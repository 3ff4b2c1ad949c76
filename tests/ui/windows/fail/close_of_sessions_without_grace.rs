//! Results on close, and nobody said when a session closes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> = views.group_by_key().windowed_by(sessions(minutes(5))).emit_on_close().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
