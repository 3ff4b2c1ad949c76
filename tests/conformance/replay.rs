//! The recorded behaviour of Kafka Streams, and that a difference would be seen.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::conformance::{Outcome, replay, replay_cached, replay_restarted, replay_text, scenarios};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

#[test]
fn nothing_differs_from_what_was_recorded() {
    let outcomes = replay(&folder().join("vectors")).unwrap();
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_))).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let passed = outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Passed).count();
    let quirks = scenarios().iter().filter(|scenario| scenario.name.starts_with("quirk_")).count();
    assert_eq!(passed, 2 * (scenarios().len() - quirks), "two seeds of every scenario");
    let told = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Quirk(_))).count();
    assert_eq!(told, 2 * quirks, "losses of Kafka Streams are told apart");
}

fn all_passed(outcomes: &[(String, Outcome)], at_least: usize) {
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| *outcome != Outcome::Passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(outcomes.len() > at_least, "only {}", outcomes.len());
}

#[test]
fn a_cache_changes_nothing_in_what_the_stores_come_to() {
    all_passed(&replay_cached(&folder().join("vectors")).unwrap(), 50);
}

#[test]
fn a_restart_changes_nothing_where_all_is_in_stores() {
    all_passed(&replay_restarted(&folder().join("vectors")).unwrap(), 100);
}

#[test]
fn every_scenario_is_written_once() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let described: BTreeSet<&str> = readme.lines().filter_map(|line| line.strip_prefix("#### `")?.strip_suffix('`')).collect();
    let written: Vec<&str> = scenarios().iter().map(|scenario| scenario.name).collect();
    assert_eq!(written.len(), written.iter().collect::<BTreeSet<_>>().len(), "a scenario stands twice");
    assert_eq!(written.into_iter().collect::<BTreeSet<_>>(), described);
}

/// Without white space: lines are broken where each document has room.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_recorder_runs_what_is_described() {
    let mut recorder = String::new();
    for entry in fs::read_dir(folder().join("recorder/src/main/java/recorder")).unwrap() {
        recorder += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let recorder = squeezed(&recorder);
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut compared = 0;
    for scenario in readme.split("\n#### `").skip(1) {
        let (name, rest) = scenario.split_once('`').unwrap();
        let (_, code) = rest.split_once("```java\n").unwrap();
        let code = squeezed(code.split_once("\n```").unwrap().0);
        let at = recorder.find(&format!("all.add(\"{name}\",")).unwrap_or_else(|| panic!("{name} is not recorded"));
        let end = recorder[at + 1..].find("all.add(\"").map_or(recorder.len(), |next| at + 1 + next);
        assert!(recorder[at..end].contains(&code), "{name}: {code} is described, this is run: {}", &recorder[at..end]);
        compared += 1;
    }
    assert_eq!(compared, scenarios().len());
}

fn outcome(change: impl FnOnce(String) -> String) -> Outcome {
    let text = fs::read_to_string(folder().join("vectors/count.1.json")).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "the change must change something");
    replay_text(&scenarios(), &changed)
}

fn difference(change: impl FnOnce(String) -> String) -> String {
    match outcome(change) {
        Outcome::Failed(difference) => difference,
        other => panic!("{other:?}"),
    }
}

/// The text up to and with the first place of `mark`, and what follows.
fn cut(text: &str, mark: &str) -> (String, String) {
    let at = text.find(mark).unwrap() + mark.len();
    (text[..at].to_owned(), text[at..].to_owned())
}

#[test]
fn a_result_that_differs_fails() {
    let said = difference(|text| text.replacen(r#""value":1,"#, r#""value":2,"#, 1));
    assert!(said.starts_with("scenario count, seed 1: step ") && said.contains("expected [") && said.contains("actual ["), "{said}");
}

#[test]
fn a_time_that_differs_fails() {
    let said = difference(|text| {
        let (before, after) = cut(&text, r#""out":[{"#);
        before + &after.replacen(r#""ts":1"#, r#""ts":2"#, 1)
    });
    assert!(said.contains(": step "), "{said}");
}

#[test]
fn a_result_too_few_fails() {
    let said = difference(|text| {
        let (before, after) = cut(&text, r#""out":["#);
        let end = after.find("]}").unwrap();
        before + &after[end..]
    });
    assert!(said.contains("expected [], actual [{"), "{said}");
}

#[test]
fn a_row_that_differs_fails() {
    let said = difference(|text| {
        let (before, after) = cut(&text, r#""stores":{"#);
        before + &after.replacen(r#""key":"a""#, r#""key":"A""#, 1)
    });
    assert!(said.contains("at the end, store c: expected "), "{said}");
}

#[test]
fn a_store_that_is_not_dumped_fails() {
    let said = difference(|text| text.replacen(r#""stores":{"c":"#, r#""stores":{"d":"#, 1));
    assert!(said.contains("store d"), "{said}");
}

#[test]
fn a_count_of_drops_that_differs_fails() {
    let said = difference(|text| text.replacen(r#""dropped":"#, r#""dropped":1"#, 1));
    assert!(said.contains("dropped records"), "{said}");
}

#[test]
fn a_scenario_that_is_not_known_fails() {
    let said = difference(|text| text.replacen(r#""scenario":"count""#, r#""scenario":"discount""#, 1));
    assert_eq!(said, "scenario discount is unknown");
}

#[test]
fn a_file_that_is_no_vector_fails() {
    assert!(difference(|_| "{}".to_owned()).contains("not of the vectors' format"));
}
