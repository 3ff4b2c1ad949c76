//! Aggregations in sessions.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, text};

/// Keys in sessions.
type InSession = Windowed<String, SessionWindow>;

topology! {
    fn session_count() -> SessionCount {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<InSession, u64> = input.group_by_key().windowed_by(sessions(millis(30)).grace(millis(40))).count();
        s.to_stream().to("out");
    }

    fn session_reduce() -> SessionReduce {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<InSession, String> = input.group_by_key().windowed_by(sessions(millis(30))).reduce(|a, b| cat(a, text(b)));
        s.to_stream().to("out");
    }

    fn session_aggregate() -> SessionAggregate {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<InSession, String> = input
            .group_by_key()
            .windowed_by(sessions(millis(30)).grace(millis(60)))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, text(v)), |_, a, b| cat(&a, &format!("&{b}")));
        s.to_stream().to("out");
    }

    fn session_edges() -> SessionEdges {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<InSession, u64> = input.group_by_key().windowed_by(sessions(millis(30)).grace(millis(60))).count();
        s.to_stream().to("out");
    }

    fn close_session() -> CloseSession {
        let input: Stream<Text, Text> = stream("in");
        let s: Table<InSession, u64> = input
            .group_by_key()
            .windowed_by(sessions(millis(30)).grace(millis(40)))
            .emit_on_close()
            .count()
            .retention(seconds(10));
        s.to_stream().to("out");
    }

    fn session_alerts() -> SessionAlerts {
        let input: Stream<Text, Option<i64>> = stream("in");
        let s: Table<Windowed<String, SessionWindow>, i64> = input
            .group_by_key()
            .windowed_by(sessions(millis(40)).grace(millis(40)))
            .aggregate(|| 0, |_, v, a| a + v.unwrap_or_default(), |_, a, b| a + b);
        let high = s.to_stream().filter(|_, n| n.is_some_and(|n| n > 25));
        let alerts: Table<String, i64> = high.map(|w, n| (format!("{}@{}", w.key, w.window.start_ms), *n)).to_table();
        alerts.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("session_count", session_count).sessions().session_store::<u64>("s"),
        Scenario::new("session_reduce", session_reduce).sessions().session_store::<String>("s"),
        Scenario::new("session_aggregate", session_aggregate).sessions().session_store::<String>("s"),
        Scenario::new("session_edges", session_edges).sessions().session_store::<u64>("s"),
        Scenario::new("close_session", close_session).sessions().session_store::<u64>("s"),
        Scenario::new("session_alerts", session_alerts).session_store::<i64>("s").store::<String, i64>("alerts"),
    ]
}
