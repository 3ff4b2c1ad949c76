//! What is near to the mistakes, and right.
use streams_runtime::prelude::*;

const WINDOWS: streams_runtime::windows::TimeWindows = tumbling(minutes(1)).grace(millis(0));
const UNTIL: streams_runtime::operators::UntilWindowCloses = until_window_closes();

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let users: Table<String, String> = table("users");
        let grouped = views.group_by_key();
        let counts: Table<Windowed<String>, u64> = grouped.windowed_by(tumbling(minutes(1)).grace(millis(0))).count();
        let own: Table<Windowed<String>, u64> = grouped.windowed_by(WINDOWS).count();
        let visits: Table<Windowed<String, SessionWindow>, u64> = grouped.windowed_by(sessions(minutes(5)).grace(minutes(1))).count();
        visits.suppress(until_window_closes()).named("visits-that-ended").to_stream().filter(|key, _| key.window.end_ms > 0).to("v");
        let ever: Table<Windowed<String>, u64> = grouped.windowed_by(unlimited()).count();
        counts.filter(|_, n| *n > 1).map_values(|n| n * 2).suppress(until_window_closes()).named("views-of-a-minute").to_stream().to("a");
        let closed = own.suppress(until_window_closes().max_records(10).max_bytes(1000).shut_down_when_full().flush_after(hours(1)));
        let typed: Table<Windowed<String>, u64> = counts.suppress(UNTIL);
        let rated = users.suppress(until_time_limit(seconds(1)).max_records(3).flush_after(minutes(1)));
        let windows_rated = ever.suppress(until_time_limit(seconds(1)).max_bytes(3).shut_down_when_full());
        let per_name: Table<String, u64> = rated.group_by(|_, name| (name.clone(), 1)).count();
        views.join(rated, |view, name| format!("{view} {name}")).to("b");
        closed.to_stream().to("c");
        typed.to_stream().filter(|key, _| key.window.end_ms > 0).to("c");
        windows_rated.to_stream().to("c");
    }
}

fn main() {}
