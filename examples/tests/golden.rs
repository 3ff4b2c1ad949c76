//! Every example runs, and prints what `expected/<name>.txt` says. `UPDATE_EXPECT=1` writes these files anew.
//!
//! `cargo test --workspace` and `cargo test -p examples` build the examples first; with `--test golden` alone they are as they were.

#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What an example may take; the slowest takes a tenth of a second.
const DEADLINE: Duration = Duration::from_secs(60);

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Names of the files in a folder of this package that end so.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let files = fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|e| e == extension));
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Where cargo puts the examples: beside the folder that this test is in.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn run(name: &str, arguments: &[&str]) -> Result<(String, String, i32), String> {
    let binary = binary(name);
    if !binary.exists() {
        return Err(format!(
            "{} is not there: has Cargo.toml an [[example]] for it? `cargo test -p examples` builds them",
            binary.display()
        ));
    }
    let mut command = Command::new(binary);
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| e.to_string())?;
    let started = Instant::now();
    // What they print fits into a pipe, so nobody needs to read it before they end.
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > DEADLINE {
            child.kill().unwrap();
            return Err(format!("has not ended after {DEADLINE:?}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok((text(output.stdout), text(output.stderr), output.status.code().unwrap_or(-1)))
}

fn check(name: &str) -> Result<(), String> {
    let (printed, complaints, code) = run(name, &[])?;
    if code != 0 {
        return Err(format!("ended with {code}: {complaints}"));
    }
    let golden = here("expected").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&golden, &printed).unwrap();
    }
    let expected = fs::read_to_string(&golden).map_err(|e| format!("{}: {e}", golden.display()))?;
    if printed != expected {
        return Err(format!("printed\n{printed}\ninstead of\n{expected}"));
    }
    Ok(())
}

#[test]
fn every_example_prints_what_is_expected() {
    let examples = stems("", "rs");
    assert!(examples.contains("word_count") && examples.len() >= 8, "{examples:?}");
    let failures: Vec<String> = examples.iter().filter_map(|name| check(name).err().map(|failure| format!("{name}: {failure}"))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(stems("expected", "txt"), examples, "expected output without an example");
}

/// The total and the most frequent words, counted here without streams.
#[test]
fn word_count_counts_right() {
    let text = include_str!("../data/declaration.txt").to_lowercase();
    let mut counts = std::collections::BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut by_count: Vec<_> = counts.iter().map(|(word, count)| (-count, word)).collect();
    by_count.sort();
    let head = format!("{} words, {} of them different\n", counts.values().sum::<i32>(), counts.len());
    let words: String = by_count.iter().take(20).map(|(count, word)| format!("{:4} {word}\n", -count)).collect();
    let (printed, ..) = run("word_count", &[]).unwrap();
    assert_eq!(printed, head + &words);
}

#[cfg(not(feature = "kafka"))]
#[test]
fn without_kafka_the_argument_is_an_error() {
    for example in stems("", "rs") {
        let (printed, complaints, code) = run(&example, &["--brokers", "localhost:9092"]).unwrap();
        assert!(code != 0 && printed.is_empty() && complaints.contains("needs the feature `kafka`"), "{example}: {code} {complaints}");
    }
}
