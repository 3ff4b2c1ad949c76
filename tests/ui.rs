//! Compile errors as users see them: each file in `ui/<category>/fail` is compiled by rustc and its messages compared with the
//! `.stderr` beside it; each in `ui/<category>/pass` must compile and run.
//!
//! Bless with `TRYBUILD=overwrite cargo test -p tests --test ui`, then read every changed `.stderr` as a user would.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files(kind: &str, extension: &str) -> Vec<PathBuf> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut files = Vec::new();
    for category in std::fs::read_dir(&ui).unwrap() {
        let Ok(entries) = std::fs::read_dir(category.unwrap().path().join(kind)) else {
            continue;
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        files.extend(paths.filter(|path| path.extension().is_some_and(|found| found == extension)));
    }
    files.sort();
    files
}

/// trybuild checks `compile_fail` cases together; one `pass` case among them would turn each into a build of its own.
#[test]
fn fail() {
    let cases = files("fail", "rs");
    assert!(cases.len() >= 250, "{} cases", cases.len());
    let builds = trybuild::TestCases::new();
    for case in cases {
        builds.compile_fail(case);
    }
}

#[test]
fn pass() {
    let cases = files("pass", "rs");
    assert!(!cases.is_empty());
    let builds = trybuild::TestCases::new();
    for case in cases {
        builds.pass(case);
    }
}

#[test]
fn every_case_has_its_messages() {
    // They may be being written at this moment.
    let overwriting = std::env::var_os("TRYBUILD").is_some();
    let mut messages = BTreeSet::new();
    for case in files("fail", "rs") {
        let expected = case.with_extension("stderr");
        match std::fs::read_to_string(&expected) {
            Ok(text) => messages.extend(text.lines().filter(|line| line.starts_with("error")).map(str::to_owned)),
            Err(e) => assert!(overwriting, "{}: {e}", expected.display()),
        }
    }
    assert!(overwriting || messages.len() >= 200, "{} distinct messages", messages.len());
    for stderr in files("fail", "stderr") {
        assert!(stderr.with_extension("rs").exists(), "{} belongs to no case", stderr.display());
    }
}

/// Messages that show how a topology is put together, because nothing else can be said there.
const SHOW_THE_MECHANISM: &[(&str, &str)] = &[
    ("types/fail/key_of_a_store.stderr", "rustc names the type whose method opens the store"),
    ("types/fail/store_without_format.stderr", "rustc names the type whose method opens the store"),
    ("types/fail/suppress_without_windows.stderr", "whether a constant waits for windows is known only when the node is made"),
    ("types/fail/list_of_what_has_no_format.stderr", "the node of an aggregation keeps what its element has no format for"),
];

/// Users meet the public names only, in words of streams and tables: nodes, and what attaches them, are ours.
#[test]
fn no_message_shows_the_mechanism() {
    let mut found = Vec::new();
    for stderr in files("fail", "stderr") {
        let text = std::fs::read_to_string(&stderr).unwrap();
        let words: BTreeSet<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| is_of_the_mechanism(word)).collect();
        let name = stderr.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")).unwrap().display().to_string();
        if !words.is_empty() && !SHOW_THE_MECHANISM.iter().any(|(file, _)| *file == name) {
            found.push(format!("{name}: {}", words.into_iter().collect::<Vec<_>>().join(", ")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(SHOW_THE_MECHANISM.len() <= 5);
}

fn is_of_the_mechanism(word: &str) -> bool {
    let node = word.starts_with(char::is_uppercase) && word.len() > "Node".len() && word.ends_with("Node");
    // A topic of Kafka's own.
    let hidden = word.starts_with("__") && word != "__consumer_offsets" && word.contains(char::is_alphabetic);
    let ours =
        ["Push", "PushChange", "attach", "Enter", "LongPath", "Materialized", "Op", "Settle", "TaskBuilder", "Unfit", "streams_macros"];
    node || hidden || ours.contains(&word)
}
