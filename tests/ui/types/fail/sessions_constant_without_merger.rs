//! Sessions that are a constant, which only rustc can see.
use streams_runtime::prelude::*;

const VISITS: streams_runtime::windows::SessionWindows = sessions(minutes(5));

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by_key().windowed_by(VISITS).aggregate(|| 0, |_, v, sum| sum + v.len() as u64);
        counts.to_stream().to("out");
    }
}

fn main() {}
