//! Options behind everything that has a store, in any order.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").without_cache().changelog_setting("segment.bytes", "1000000");
        let lines: Stream<String, String> = stream("lines");
        let others: Stream<String, String> = stream("others");
        let counts: Table<String, u64> =
            lines.group_by_key().count().without_changelog().versioned(minutes(5)).named("counted").without_cache();
        let long = counts.filter(|_, n| *n > 1).named("long").without_changelog();
        let windows: Table<Windowed<String>, u64> =
            lines.group_by_key().windowed_by(tumbling(minutes(1)).grace(millis(0))).count().retention(hours(1)).without_changelog();
        let all: Table<String, String> = others.to_table().without_changelog().without_cache();
        let pairs = lines
            .left_join(others, |a, b| format!("{a}{b:?}"), within(minutes(1)).grace(millis(0)))
            .changelog_setting("segment.bytes", "1000000")
            .changelog_setting("segment.ms", "60000");
        let both: Table<String, String> = users.join(all, |a, b| format!("{a}{b}")).without_cache();
        let calm = windows.suppress(until_window_closes()).without_changelog();
        long.to_stream().to("long");
        pairs.to("pairs");
        both.to_stream().to("both");
        calm.to_stream_with_key(|window, _| window.key.clone()).to("calm");
    }

    /// The views of an optimized topology have changelogs of their own.
    #[optimized]
    pub fn optimized() -> Optimized {
        let users: Table<String, String> = table("users").without_cache();
        let names: Table<String, String> = users.map_values(|user| user.to_uppercase()).changelog_setting("segment.bytes", "1000000");
        names.to_stream().to("out");
    }
}

fn main() {
    assert!(Example::DESCRIPTION.contains("counted"));
}
