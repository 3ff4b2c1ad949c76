//! A disk that is full in the middle of a run, by RLIMIT_FSIZE.

use std::time::Duration;

use tests::words::{BEGIN_MS, exact, word};

use crate::setup::*;

const PARTITIONS: usize = 4;
const WORDS: usize = 100_000;
/// Room for about a third of what each partition of the repartition topic gets.
const FILE_KIB: u64 = 512;

#[test]
fn a_full_disk_ends_the_application_and_costs_nothing_that_was_acknowledged() {
    let directory = directory();
    let log = open(directory.path());
    log.create_topic("words", PARTITIONS as i32).unwrap();
    for n in 0..WORDS {
        append(&log, "words", (n % PARTITIONS) as i32, word(n).as_bytes(), BEGIN_MS + n as i64);
    }
    drop(log);
    let args = ["word_count", "input=words", "output=counts", "commit_ms=100", "purge_ms=3600000"];

    let mut full = start_on_small_disk("full-disk", directory.path(), FILE_KIB, &args);
    let end = full.end_within(Duration::from_secs(60));
    let error = end.error.unwrap();
    assert!(error.contains("File too large") && error.contains(".log"), "{error}");
    assert_eq!(end.status.code(), Some(1));

    // What was committed was acknowledged before, and is there.
    let log = open(directory.path());
    let (input, repartitioned) = (committed(&log, "words"), committed(&log, "app-counts-repartition"));
    assert!(input.iter().sum::<i64>() > 0, "nothing was committed before the disk was full");
    assert!(input.iter().sum::<i64>() < WORDS as i64, "the disk was never full");
    let batches = read(&log, "app-counts-repartition");
    let written: std::collections::BTreeSet<i64> = batches.iter().flat_map(|b| b.iter().map(|r| r.timestamp_ms).collect::<Vec<_>>()).collect();
    for (partition, offset) in input.iter().enumerate() {
        for n in (partition..).step_by(PARTITIONS).take(*offset as usize) {
            assert!(written.contains(&(BEGIN_MS + n as i64)), "word {n} was committed, but is not there");
        }
    }
    for (batch, offset) in batches.iter().zip(&repartitioned) {
        assert!(batch.len() as i64 >= *offset, "committed beyond the end");
    }
    drop(log);

    // With room it goes on to the end.
    let end = start("room-again", directory.path(), &[&args[..], &["until=end"]].concat()).end();
    assert_eq!(end.error, None);
    let log = open(directory.path());
    assert_eq!(committed(&log, "words"), [(WORDS / PARTITIONS) as i64; PARTITIONS]);
    let counts = last(&log, "counts");
    let exact = exact(WORDS);
    // A process that ends with an error is, for its records, no better than a killed one: what it had written without a commit comes again.
    let rewritten: u64 = read(&log, "app-counts-repartition").iter().map(|b| b.len() as u64).sum::<u64>() - WORDS as u64;
    let counted: u64 = counts.values().sum::<u64>() - WORDS as u64;
    assert!(exact.iter().all(|(word, count)| counts[word] >= *count), "a word was lost");
    assert_eq!(counts.len(), exact.len());
    println!("{rewritten} written again, {counted} counted again");
}
