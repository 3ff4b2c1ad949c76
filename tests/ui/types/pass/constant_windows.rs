//! Constant windows that close, and some that nothing waits for.
use streams_runtime::prelude::*;
use streams_runtime::windows::TimeWindows;

const CLOSING: TimeWindows = tumbling(minutes(5)).grace(minutes(1));
const OPEN: TimeWindows = tumbling(minutes(5));

topology! {
    pub fn example(size_s: u64) -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(CLOSING).count();
        let last: Table<Windowed<String>, u64> = counts.suppress(until_window_closes());
        let open: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(OPEN).count();
        let sized: Table<Windowed<String>, u64> =
            lines.group_by_key().windowed_by(tumbling(seconds(*size_s)).grace(millis(0))).emit_on_close().count();
        last.to_stream().to("out");
        open.to_stream().to("open");
        sized.to_stream().to("sized");
    }
}

fn main() {
    let _ = example(5);
}
