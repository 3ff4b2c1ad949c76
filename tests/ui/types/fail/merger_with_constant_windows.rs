//! A merger, and windows that are a constant, which only rustc can see.
use streams_runtime::prelude::*;

const MINUTES: streams_runtime::windows::TimeWindows = tumbling(minutes(1));

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> =
            views.group_by_key().windowed_by(MINUTES).aggregate(|| 0, |_, v, sum| sum + v.len() as u64, |_, a, b| a + b);
        counts.to_stream().to("out");
    }
}

fn main() {}
