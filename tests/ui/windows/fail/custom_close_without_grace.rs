//! Results when a window of one's own closes, without saying when that is.
use streams_runtime::prelude::*;

#[derive(Clone, Copy)]
struct Seconds;

impl CustomWindows for Seconds {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let start_ms = time_ms - time_ms.rem_euclid(1_000);
        [Window { start_ms, end_ms: start_ms + 1_000 }]
    }

    fn size_ms(&self) -> i64 {
        1_000
    }
}

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(custom(Seconds)).emit_on_close().count();
        let others: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(custom(Seconds)).count();
        counts.to_stream().to("out");
        others.suppress(until_window_closes()).named("last").to_stream().to("last");
    }
}

fn main() {}
