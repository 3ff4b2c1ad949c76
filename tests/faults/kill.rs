//! SIGKILL on the embedded log.

use std::collections::BTreeMap;
use std::path::Path;

use tests::process::Pipeline;
use tests::words::check_the_rule;

use crate::setup::*;

const PARTITIONS: usize = 4;
const WORDS: usize = 200_000;

/// Without a cache, so that the changelog runs ahead of commits; nothing is purged, because the test reads the repartition topic.
fn count(name: &str, directory: &Path, args: &[&str]) -> Pipeline {
    let common = ["word_count", "input=words", "output=counts", "commit_ms=300", "cache=0", "threads=2", "purge_ms=3600000"];
    start(name, directory, &[&common, args].concat())
}

#[test]
fn counts_obey_the_rule_after_a_kill_in_the_middle() {
    let directory = directory();
    write_words(directory.path(), PARTITIONS, WORDS);
    let mut victim = count("killed", directory.path(), &[]);
    victim.wait_for("it has counted some", |s| s.records > 40_000);
    // What it says of itself is as of a commit; some more must have been done since.
    std::thread::sleep(std::time::Duration::from_millis(100));
    victim.kill();

    let log = open(directory.path());
    let kill = at_the_kill(&log);
    assert!(kill.committed_repartition.iter().sum::<i64>() > 0, "it had committed nothing");
    assert!(kill.committed_repartition.iter().sum::<i64>() < WORDS as i64, "it had finished");
    drop(log);

    let end = count("restarted", directory.path(), &["until=end"]).end();
    assert_eq!(end.error, None);
    let log = open(directory.path());
    assert_eq!(committed(&log, "words"), [(WORDS / PARTITIONS) as i64; PARTITIONS]);
    let (counts, excess) = check_the_rule(WORDS, &repartitioned(&log), &kill);
    println!("of {WORDS} words: {excess:?}");
    assert_ne!(excess.written_twice + excess.counted_twice, 0, "the kill hit nothing that was not committed: this run shows nothing");
    assert_eq!(last(&log, "counts"), counts, "the output");
    assert_eq!(last(&log, CHANGELOG), counts, "the changelog");
    drop(log);

    // Everything anew from the changelog.
    let mut restored = count("restored", directory.path(), &[]);
    restored.wait_for("all tasks run", |s| s.running == 2 * PARTITIONS as u64);
    let rows: BTreeMap<String, u64> = restored.rows().into_iter().map(|(k, v)| (k, v.as_u64().unwrap())).collect();
    assert_eq!(rows, counts, "the restored store");
    restored.terminate();
}
