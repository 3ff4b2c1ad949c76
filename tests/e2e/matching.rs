//! A pattern source.

use std::collections::BTreeSet;

use tests::process::eventually;

use crate::kafka::{self, Send};

/// Topics of the pattern `matching-[a-z]+`. The names are fixed, as the pattern is, so topics may be there from an earlier run on the same
/// broker; what counts is that what was written now comes out.
#[test]
fn a_pattern_gathers_its_topics_and_no_others() {
    let [id, output, run] = ["matching", "out", "run"].map(kafka::fresh);
    kafka::create(&output, 2);
    let existing = kafka::tool(&["topics", "--list"]);
    for (topic, partitions) in [("matching-small", 1), ("matching-large", 3), ("matching-no1", 1), ("not-matching-x", 1)] {
        if !existing.lines().any(|t| t == topic) {
            kafka::create(topic, partitions);
        }
    }
    let send = |topic: &str, n: i32| {
        let (value, partition) = (format!("{run} {topic} {n}"), if topic == "matching-large" { n % 3 } else { 0 });
        kafka::produce(topic, [Send { partition: Some(partition), value: Some(value.into_bytes()), timestamp_ms: 5, ..Send::default() }]);
    };
    for n in 0..6 {
        ["matching-small", "matching-large", "matching-no1", "not-matching-x"].into_iter().for_each(|topic| send(topic, n));
    }
    let mut pipeline = kafka::start("matching", &["matching", &format!("id={id}"), &format!("output={output}"), "commit_ms=100"]);
    assert_eq!(pipeline.wait_until_running().tasks, 3, "as many as the largest topic has partitions");
    eventually("all is committed", || kafka::is_done(&id, "matching-small") && kafka::is_done(&id, "matching-large"));
    pipeline.terminate();
    let prefix = run.to_uppercase();
    let got: BTreeSet<String> =
        kafka::read(&output).iter().flatten().map(kafka::Got::value_text).filter(|v| v.starts_with(&prefix)).collect();
    let expected = |topic: &str| (0..6).map(|n| format!("{run} {topic} {n}").to_uppercase()).collect::<Vec<_>>();
    assert_eq!(got, expected("matching-small").into_iter().chain(expected("matching-large")).collect());
}
