//! The recorded behaviour of Kafka Streams, and that a difference would be seen.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::conformance::{Outcome, replay, replay_restarting, replay_text, replay_with_cache, scenarios};

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

#[test]
fn a_cache_changes_nothing_in_what_the_stores_come_to() {
    let scenarios = scenarios();
    let mut compared = 0;
    for entry in fs::read_dir(folder().join("vectors")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // A few rows, and everything.
        for cache_bytes in [500, 1 << 20] {
            match replay_with_cache(&scenarios, &text, cache_bytes) {
                Ok(true) => compared += 1,
                Ok(false) => {}
                Err(difference) => panic!("{} with a cache of {cache_bytes} bytes: {difference}", path.display()),
            }
        }
    }
    assert!(compared > 50, "only {compared}");
}

#[test]
fn a_restart_changes_nothing_where_all_is_in_stores() {
    let scenarios = scenarios();
    let (mut compared, mut failed) = (0, Vec::new());
    for entry in fs::read_dir(folder().join("vectors")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for every in [1, 7] {
            match replay_restarting(&scenarios, &text, every) {
                Ok(true) => compared += 1,
                Ok(false) => {}
                Err(difference) => failed.push(format!("{}, every {every}: {difference}", path.display())),
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(compared > 100, "only {compared}");
}

#[test]
fn every_scenario_is_written_once() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let described: BTreeSet<&str> = readme.lines().filter_map(|line| line.strip_prefix("#### `")?.strip_suffix('`')).collect();
    let written: Vec<&str> = scenarios().iter().map(|scenario| scenario.name).collect();
    assert_eq!(written.len(), written.iter().collect::<BTreeSet<_>>().len(), "a scenario stands twice");
    assert_eq!(written.into_iter().collect::<BTreeSet<_>>(), described);
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
