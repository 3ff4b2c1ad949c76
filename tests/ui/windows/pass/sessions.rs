//! Sessions that are right.
use streams_runtime::prelude::*;
use streams_runtime::windows::SessionWindows;

const VISITS: SessionWindows = sessions(minutes(30)).grace(millis(0));

type Visit = Windowed<String, SessionWindow>;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let grouped = views.group_by_key();
        let one: Table<Windowed<String, SessionWindow>, u64> = grouped.windowed_by(sessions(millis(1))).count();
        let exact: Table<Visit, u64> =
            grouped.windowed_by(sessions(minutes(1)).grace(seconds(10))).emit_on_close().count().retention(seconds(70));
        let visits = grouped.windowed_by(VISITS);
        let first: Table<Visit, String> = visits.reduce(|first, _| first.clone());
        let sums: Table<Visit, u64> = visits.aggregate(|| 0, |_, v, sum| sum + v.len() as u64, |_, a, b| a + b);
        let none: Table<Visit, String> = visits.aggregate(
            || None,
            |_, v, _| Some(v.clone()),
            |_, a: Option<String>, b| a.or(b),
        );
        let lens: Table<Visit, u64> = grouped.windowed_by(sessions(hours(1))).try_aggregate(
            || 0,
            |_, v, sum| v.parse::<u64>().map(|n| sum + n),
            |_, a, b| Ok(a + b),
        );
        let borrowed: Table<Visit, String> = views
            .flat_map_values(|line, out| line.split(' ').for_each(out))
            .group_by_key()
            .windowed_by(VISITS)
            .reduce(|there, word| format!("{there} {word}"));
        let per_length: Table<Windowed<u8, SessionWindow>, u64> = views.group_by(|_, v| v.len() as u8).windowed_by(VISITS).count();
        one.to_stream().filter(|key, _| key.key != "x" && key.window.start_ms > 0).to("out");
    }
}

fn main() {}
