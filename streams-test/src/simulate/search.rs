//! Many seeds, and one that fails made small.

use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::net::lock;
use super::plan::{Cuts, Plan};
use super::world::Ran;

/// How long the search for a smaller run takes at most.
const SHRINKING: Duration = Duration::from_secs(20);
/// The last lines of what happened that are shown.
const SHOWN: usize = 80;

/// What was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many seeds.
    pub seeds: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many steps all processes had together.
    pub steps: u64,
}

/// A run in which something does not hold.
#[derive(Clone)]
pub struct Failure {
    /// Its seed, and what can be left out: what `STREAMS_SIMULATE` is set to.
    pub replay: String,
    /// What does not hold.
    pub findings: Vec<String>,
    /// What happened, line by line.
    pub trace: Vec<String>,
}

impl Failure {
    pub(super) fn new(seed: u64, cuts: Cuts, ran: &Ran) -> Self {
        let cuts = cuts.to_string();
        let replay = if cuts.is_empty() { seed.to_string() } else { format!("{seed}/{cuts}") };
        Failure { replay, findings: ran.findings.clone(), trace: ran.trace.clone() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a simulation failed; STREAMS_SIMULATE='{}' does it again", self.replay)?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "    {finding}"))?;
        let hidden = self.trace.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(f, "  ({hidden} lines before)")?;
        }
        self.trace.iter().skip(hidden).try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

/// Runs seeds beside each other; which have failed, in order.
pub(super) fn search(seeds: Range<u64>, threads: usize, one: impl Fn(u64) -> Ran + Sync) -> (Report, Vec<u64>) {
    let next = AtomicU64::new(seeds.start);
    let found: Mutex<(Report, Vec<u64>)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let ran = one(seed);
                    let mut found = lock(&found);
                    found.0.seeds += 1;
                    found.0.steps += ran.steps;
                    if !ran.findings.is_empty() {
                        found.0.failed += 1;
                        found.1.push(seed);
                    }
                }
            });
        }
    });
    let (report, mut failed) = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failed.sort_unstable();
    (report, failed)
}

/// Leaves out of a run whatever it does not need to fail.
pub(super) fn shrink(seed: u64, one: impl Fn(&Cuts, bool) -> Ran, plan: impl Fn(&Cuts) -> Plan) -> Failure {
    let begun = Instant::now();
    let mut cuts = Cuts::default();
    'smaller: loop {
        for further in cuts.further(&plan(&cuts)) {
            if begun.elapsed() > SHRINKING {
                break 'smaller;
            }
            if !one(&further, false).findings.is_empty() {
                cuts = further;
                continue 'smaller;
            }
        }
        break;
    }
    let ran = one(&cuts, true);
    Failure::new(seed, cuts, &ran)
}
