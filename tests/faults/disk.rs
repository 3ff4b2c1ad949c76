//! A disk that is full in the middle of a run, by RLIMIT_FSIZE.

use std::time::Duration;

use tests::words::check_the_rule;

use crate::setup::*;

const PARTITIONS: usize = 4;
const WORDS: usize = 200_000;
/// Room for about half of what each partition of the repartition topic gets.
const FILE_KIB: u64 = 1400;

#[test]
fn a_full_disk_ends_the_application_and_costs_nothing_that_was_acknowledged() {
    let directory = directory();
    write_words(directory.path(), PARTITIONS, WORDS);
    let args = ["word_count", "input=words", "output=counts", "commit_ms=100", "purge_ms=3600000"];

    let mut full = start_on_small_disk("full-disk", directory.path(), FILE_KIB, &args);
    let end = full.end_within(Duration::from_secs(60));
    let error = end.error.unwrap();
    assert!(error.contains("File too large") && error.contains(".log"), "{error}");
    assert_eq!(end.status.code(), Some(1));

    // It ended between its first commit and its end.
    let log = open(directory.path());
    let left = at_the_kill(&log);
    assert!(left.committed_input.iter().sum::<i64>() > 0, "nothing was committed before the disk was full");
    assert!(left.committed_input.iter().sum::<i64>() < WORDS as i64, "the disk was never full");
    for (committed, end) in left.committed_repartition.iter().zip(&left.repartition_ends) {
        assert!(committed <= end, "committed beyond the end");
    }
    drop(log);

    // With room it goes on to the end. What it had written and not committed comes again, as after a kill, and nothing else does.
    let end = start("room-again", directory.path(), &[&args[..], &["until=end"]].concat()).end();
    assert_eq!(end.error, None);
    let log = open(directory.path());
    assert_eq!(committed(&log, "words"), [(WORDS / PARTITIONS) as i64; PARTITIONS]);
    let (counts, excess) = check_the_rule(WORDS, &repartitioned(&log), &left);
    println!("of {WORDS} words: {excess:?}");
    assert_eq!(last(&log, "counts"), counts, "the output");
    assert_eq!(last(&log, CHANGELOG), counts, "the changelog");
}
