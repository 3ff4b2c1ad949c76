//! The words that the kill tests count, and the rule that the counts obey.

use std::collections::{BTreeMap, BTreeSet};

use crate::splitmix::{STEP, spread};

/// The first timestamp; each record has one of its own, so that its traces can be told apart everywhere.
pub const BEGIN_MS: i64 = 1_600_000_000_000;

/// Word number `n`, the same in every run: 4000 different ones, some far more frequent than others.
pub fn word(n: usize) -> String {
    let z = spread((n as u64 + 42).wrapping_mul(STEP));
    let rank = (z % 64) * (z >> 32) % 4000;
    format!("word-{rank}")
}

/// A record of a repartition topic.
#[derive(Clone, Debug)]
pub struct Repartitioned {
    /// Where it is.
    pub partition: usize,
    /// Where it is there.
    pub offset: i64,
    /// Its key.
    pub word: String,
    /// Its time, which says which input record it comes from.
    pub timestamp_ms: i64,
}

/// What is known of the tasks of the killed process between its death and their next start.
#[derive(Clone, Debug)]
pub struct AtTheKill {
    /// Sub-topology 0 (input → repartition) and 1 (repartition → counts): the partitions of its tasks.
    pub tasks: [BTreeSet<usize>; 2],
    /// The group's committed offset of each input partition.
    pub committed_input: Vec<i64>,
    /// The same of the repartition topic.
    pub committed_repartition: Vec<i64>,
    /// The ends of the repartition topic.
    pub repartition_ends: Vec<i64>,
    /// The last count of each word in the changelog.
    pub changelog: BTreeMap<String, u64>,
}

/// What the kill cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Words written twice to the repartition topic.
    pub written_twice: u64,
    /// Words counted twice behind it.
    pub counted_twice: u64,
}

/// The rule of at-least-once, as exact as it is, for `words` words of which number `n` is offset `n / p` of input partition `n % p`.
/// Let `C` be the committed offsets at the kill.
///
/// 1. *Nothing is lost*: each input record is in the repartition topic.
/// 2. *What is there twice was redelivered*: only records of input partitions whose task was killed, and of those exactly what lay between
///    `C` and what the killed process had written. Per pair of input and repartition partition that is a run which begins at the first
///    record from `C` on; nothing is there three times.
/// 3. *Counts are the records of the repartition topic, plus those counted twice.* A counting task that was not killed counts each
///    record once. One that was killed begins with the counts of its changelog, which may be ahead of `C`: it counts again what lies
///    between. So count(word) = records of the word + (count in the changelog at the kill − records of the word before `C`), and
///    the excess is never more than the records of the word between `C` and the end of the partition at the kill.
///
/// Gives the counts that the stores must have, by this rule.
///
/// # Panics
/// When the repartition topic does not obey 1 and 2, or the changelog not 3.
pub fn check_the_rule(words: usize, repartition: &[Repartitioned], kill: &AtTheKill) -> (BTreeMap<String, u64>, Excess) {
    let (partitions, repartitions) = (kill.committed_input.len(), kill.repartition_ends.len());
    // 1 and 2: how often each input record was written, and where.
    let mut written = vec![0u8; words];
    let mut partition_of: BTreeMap<&str, usize> = BTreeMap::new();
    let all: Vec<String> = (0..words).map(word).collect();
    for record in repartition {
        let n = (record.timestamp_ms - BEGIN_MS) as usize;
        assert_eq!(record.word, all[n]);
        written[n] += 1;
        partition_of.insert(&record.word, record.partition);
    }
    assert_eq!(written.iter().position(|&times| times == 0), None, "a word was lost");
    let mut written_twice = 0;
    for input in 0..partitions {
        let from = if kill.tasks[0].contains(&input) { kill.committed_input[input] as usize } else { usize::MAX };
        let numbers: Vec<usize> = (input..words).step_by(partitions).collect();
        for to in 0..repartitions {
            let here = || numbers.iter().copied().filter(|&n| partition_of[all[n].as_str()] == to);
            let twice: Vec<usize> = here().filter(|&n| written[n] > 1).collect();
            let expected: Vec<usize> = here().filter(|n| n / partitions >= from).take(twice.len()).collect();
            assert!(twice == expected, "wrong words were written twice from input partition {input} to repartition partition {to}");
            assert!(twice.iter().all(|&n| written[n] == 2), "written three times");
            written_twice += twice.len() as u64;
        }
    }
    // 3: what follows for the counts.
    let (mut counts, mut before, mut between) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for record in repartition {
        let (word, p) = (&record.word, record.partition);
        if kill.tasks[1].contains(&p) && record.offset < kill.committed_repartition[p] {
            *before.entry(word).or_insert(0u64) += 1;
        } else if kill.tasks[1].contains(&p) && record.offset < kill.repartition_ends[p] {
            *between.entry(word).or_insert(0u64) += 1;
        }
        *counts.entry(word.clone()).or_insert(0u64) += 1;
    }
    let mut counted_twice = 0;
    for (word, count) in &mut counts {
        if kill.tasks[1].contains(&partition_of[word.as_str()]) {
            let (in_changelog, before) = (kill.changelog.get(word).copied().unwrap_or(0), before.get(word).copied().unwrap_or(0));
            assert!(in_changelog >= before, "{word}: the changelog at the kill says {in_changelog}, committed were {before}");
            let again = in_changelog - before;
            assert!(again <= between.get(word).copied().unwrap_or(0), "{word}: {again} counted again, more than were redelivered");
            *count += again;
            counted_twice += again;
        }
    }
    let exact = exact(words);
    assert_eq!(counts.len(), exact.len());
    let excess: u64 = counts.iter().map(|(word, count)| count - exact[word]).sum();
    assert_eq!(excess, written_twice + counted_twice);
    (counts, Excess { written_twice, counted_twice })
}

/// The independent count of the first `words` words.
pub fn exact(words: usize) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    (0..words).for_each(|n| *counts.entry(word(n)).or_insert(0) += 1);
    counts
}
