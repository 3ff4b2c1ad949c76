//! Changes that are held back.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, text, word_of};

topology! {
    fn suppress_tumbling() -> SuppressTumbling {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let closed = w.suppress(until_window_closes());
        closed.to_stream().to("out");
    }

    fn suppress_hopping() -> SuppressHopping {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> =
            input.group_by_key().windowed_by(hopping(millis(90), millis(30)).grace(millis(20))).reduce(|a, b| cat(a, text(b)));
        let closed = w.suppress(until_window_closes());
        closed.to_stream().to("out");
    }

    fn suppress_session() -> SuppressSession {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<Windowed<String, SessionWindow>, u64> =
            input.group_by_key().windowed_by(sessions(millis(30)).grace(millis(40))).count();
        let closed = s.suppress(until_window_closes());
        closed.to_stream().to("out");
    }

    fn suppress_time_limit() -> SuppressTimeLimit {
        let t: Table<String, String> = table("in");
        t.suppress(until_time_limit(millis(60))).named("limited").to_stream().to("out");
    }

    fn suppress_max_records() -> SuppressMaxRecords {
        let t: Table<String, String> = table("in");
        let few = t.suppress(until_time_limit(millis(500)).max_records(3).emit_early_when_full());
        few.to_stream().to("out");
    }

    fn suppress_zero() -> SuppressZero {
        let t: Table<String, String> = table("in");
        let all = t.suppress(until_time_limit(millis(0)));
        let c: Table<String, u64> = all.group_by(|_, v| (word_of(v), v.clone())).count();
        c.to_stream().to("out");
    }

    fn suppress_then_group() -> SuppressThenGroup {
        let t: Table<String, String> = table("in");
        let limited = t.suppress(until_time_limit(millis(50)));
        let g: Table<String, String> = limited
            .group_by(|_, v| (word_of(v)[..1].to_owned(), v.clone()))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn suppress_windowed_time_limit() -> SuppressWindowedTimeLimit {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let limited = w.suppress(until_time_limit(millis(30)));
        limited.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("suppress_tumbling", suppress_tumbling).windows_of(100).window_store::<u64>("w"),
        Scenario::new("suppress_hopping", suppress_hopping).windows_of(90).window_store::<String>("w"),
        Scenario::new("suppress_session", suppress_session).sessions().session_store::<u64>("s"),
        Scenario::new("suppress_time_limit", suppress_time_limit).store::<String, String>("t"),
        Scenario::new("suppress_max_records", suppress_max_records).store::<String, String>("t"),
        Scenario::new("suppress_zero", suppress_zero).store::<String, String>("t").store::<String, u64>("c"),
        Scenario::new("suppress_then_group", suppress_then_group).store::<String, String>("t").store::<String, String>("g"),
        Scenario::new("suppress_windowed_time_limit", suppress_windowed_time_limit).windows_of(100).window_store::<u64>("w"),
    ]
}
