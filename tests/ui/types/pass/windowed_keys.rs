//! Keys in windows whose end is known.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let counts: Stream<Windowed<String>, u64> = stream("counts").with(TimeWindowed::of(Utf8, minutes(5)), BigEndian);
        counts.for_each(|key, n| println!("{} {n}", key.window.end_ms));
        // The bytes of a session have both.
        let visits: Stream<Windowed<String, SessionWindow>, u64> = stream("visits");
        visits.for_each(|key, n| println!("{} {n}", key.window.end_ms));
        // They are written as they are.
        let clicks: Stream<String, String> = stream("clicks");
        let per_window: Table<Windowed<String>, u64> = clicks.group_by_key().windowed_by(tumbling(minutes(1))).count();
        per_window.to_stream().to("per-window");
    }
}

fn main() {
    let _ = example();
}
