//! What is near to the mistakes, and right.
use streams_runtime::prelude::*;

const WINDOWS: streams_runtime::windows::TimeWindows = tumbling(minutes(1)).grace(millis(0));
const DAY: std::time::Duration = days(1);

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let grouped = views.group_by_key();
        let one: Table<Windowed<String>, u64> = grouped.windowed_by(tumbling(millis(1))).count();
        let same: Table<Windowed<String>, u64> = grouped.windowed_by(hopping(seconds(60), minutes(1))).count();
        let none: Table<Windowed<String>, u64> = grouped.windowed_by(tumbling(minutes(1)).grace(millis(0))).emit_on_close().count();
        let own: Table<Windowed<String>, u64> = grouped.windowed_by(WINDOWS).flush_after(DAY).emit_on_close().count().retention(DAY);
        let exact: Table<Windowed<String>, u64> =
            grouped.windowed_by(tumbling(minutes(1)).grace(seconds(10))).count().retention(seconds(70));
        let ever: Table<Windowed<String>, u64> = grouped.windowed_by(unlimited()).count();
        let at_once: Table<Windowed<String>, u64> = grouped.windowed_by(sliding(millis(0))).count();
        let near: Table<Windowed<String>, u64> =
            grouped.windowed_by(sliding(minutes(1)).grace(seconds(10))).emit_on_close().count().retention(seconds(130));
        let windows = grouped.windowed_by(tumbling(std::time::Duration::from_secs(5)));
        let first: Table<Windowed<String>, String> = windows.reduce(|first, _| first.clone());
        let sums: Table<Windowed<String>, u64> = windows.aggregate(|| 0, |_, v, sum| sum + v.len() as u64);
        let per_length: Table<Windowed<u8>, u64> = views.group_by(|_, v| v.len() as u8).windowed_by(tumbling(hours(1))).count();
        one.to_stream().to("out");
        sums.to_stream().filter(|key, _| key.key != "x" && key.window.start_ms > 0).to("sums");
    }
}

fn main() {}
