//! Windows that are a constant and have no grace: rustc can read them.
use streams_runtime::prelude::*;
use streams_runtime::windows::TimeWindows;

const WINDOWS: TimeWindows = tumbling(minutes(5));

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(WINDOWS).count();
        let last: Table<Windowed<String>, u64> = counts.suppress(until_window_closes());
        last.to_stream().to("out");
    }
}

fn main() {}
