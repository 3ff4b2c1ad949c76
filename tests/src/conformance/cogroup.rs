//! Several streams folded into one aggregate.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, text};

topology! {
    fn cogroup() -> Cogroup {
        let strings: Stream<Text, Text> = stream("in1");
        let numbers: Stream<Text, Option<i64>> = stream("in2");
        let others = numbers.group_by_key();
        let cg: Table<String, String> = strings
            .group_by_key()
            .cogroup(|_, v, agg| cat(&agg, text(v)))
            .cogroup(others, |_, v, agg| cat(&agg, &v.map_or("nnull".to_owned(), |v| format!("n{v}"))))
            .aggregate(|| "*".to_owned());
        cg.to_stream().to("out");
    }

    fn cogroup_tumbling() -> CogroupTumbling {
        let one: Stream<Text, Text> = stream("in1");
        let two: Stream<Text, Text> = stream("in2");
        let others = two.group_by_key();
        let w: Table<Windowed<String>, String> = one
            .group_by_key()
            .cogroup(|_, v, agg| cat(&agg, &format!("1{}", text(v))))
            .cogroup(others, |_, v, agg| cat(&agg, &format!("2{}", text(v))))
            .windowed_by(tumbling(millis(100)).grace(millis(50)))
            .aggregate(|| "*".to_owned());
        w.to_stream().to("out");
    }

    fn cogroup_sliding() -> CogroupSliding {
        let one: Stream<Text, Text> = stream("in1");
        let two: Stream<Text, Text> = stream("in2");
        let others = two.group_by_key();
        let w: Table<Windowed<String>, String> = one
            .group_by_key()
            .cogroup(|_, v, agg| cat(&agg, &format!("1{}", text(v))))
            .cogroup(others, |_, v, agg| cat(&agg, &format!("2{}", text(v))))
            .windowed_by(sliding(millis(40)).grace(millis(60)))
            .aggregate(|| "*".to_owned());
        w.to_stream().to("out");
    }

    fn cogroup_session() -> CogroupSession {
        let one: Stream<Text, Text> = stream("in1");
        let two: Stream<Text, Text> = stream("in2");
        let others = two.group_by_key();
        let s: Table<Windowed<String, SessionWindow>, String> = one
            .group_by_key()
            .cogroup(|_, v, agg| cat(&agg, &format!("1{}", text(v))))
            .cogroup(others, |_, v, agg| cat(&agg, &format!("2{}", text(v))))
            .windowed_by(sessions(millis(25)).grace(millis(50)))
            .aggregate(|| "*".to_owned(), |_, a, b| cat(&a, &format!("&{b}")));
        s.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("cogroup", cogroup).store::<String, String>("cg"),
        Scenario::new("cogroup_tumbling", cogroup_tumbling).windows_of(100).window_store::<String>("w"),
        Scenario::new("cogroup_sliding", cogroup_sliding).windows_of(40).window_store::<String>("w"),
        Scenario::new("cogroup_session", cogroup_session).sessions().session_store::<String>("s"),
    ]
}
