//! Sessions without a gap.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> = views.group_by_key().windowed_by(sessions(millis(0))).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
