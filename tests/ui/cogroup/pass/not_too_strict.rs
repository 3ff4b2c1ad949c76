//! What is near to the mistakes, and right.
use streams_runtime::prelude::*;

topology! {
    pub fn example(by: u64) -> Example {
        let views: Stream<String, String> = stream("views").partitions(4);
        let clicks: Stream<Option<String>, Option<u64>> = stream("clicks").partitions(4);
        let others: Stream<str, str> = stream("others").partitions(8);
        let grouped = views.group_by_key();
        let by_click = clicks.group_by_key();
        let regrouped = others.group_by(|_, v| v.to_owned());
        let again = views.group_by(|_, v| v.clone());
        // One stream in several cogroups, and twice in one by different keys.
        let one: Table<String, u64> = grouped.cogroup(|_, _, n| n + *by).aggregate(|| 0).versioned(minutes(1));
        let both = grouped.cogroup(|_, v, n| n + v.len() as u64);
        let more = both.cogroup(by_click, |_, v, n| n + v.unwrap_or(*by)).cogroup(regrouped, |_, v, n| n + v.len() as u64);
        let sums: Table<String, u64> = more.cogroup(again, |_, _, n| n).aggregate(|| 0);
        let windows = by_click.try_cogroup(|_, v, n| v.map(|v| n + v).ok_or("null")).windowed_by(sliding(minutes(1)));
        let slid: Table<Windowed<String>, u64> = windows.aggregate(|| 0).retention(hours(1));
        let first: Table<String, String> =
            grouped.cogroup(|_, v, there: Option<String>| there.or(Some(v.clone()))).aggregate(|| None).named("first-views");
        let hopped: Table<Windowed<String>, f64> =
            grouped.cogroup(|_, _, n| n + 0.5).windowed_by(hopping(minutes(5), minutes(1))).aggregate(|| -> f64 { 0.0 });
        let visits: Table<Windowed<String, SessionWindow>, u64> =
            grouped.cogroup(|_, _, n| n + 1).windowed_by(sessions(minutes(5))).aggregate(|| 0, |_, a, b| a + b);
        visits.to_stream().to("visits");
        one.to_stream().to("one");
        sums.to_stream().to("sums");
        slid.to_stream().filter(|key, _| key.key != "x").to("slid");
        first.to_stream().to("first");
        hopped.to_stream().to("hopped");
    }
}

fn main() {}
