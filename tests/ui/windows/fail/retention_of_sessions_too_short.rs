//! A store that forgets sessions which still take records.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by_key().windowed_by(sessions(minutes(5)).grace(seconds(10))).count().retention(minutes(5));
        counts.to_stream().to("out");
    }
}

fn main() {}
