//! Topologies on inputs, against the model.

pub mod bytes;
mod check;
mod report;
mod shrink;
mod spread;

use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{panic, thread};

use serde::{Deserialize, Serialize};
use streams_runtime::codec::StreamData;
use streams_runtime::prelude::SessionWindow;
use streams_runtime::{AnyTopology, StoreName, Topology as Runs, Windowed};
use streams_test::{DriverError, TestDriver};

pub use check::{Difference, Mode, arranged, check, modes, restarts_between, shown, types};
pub use report::main;
pub use spread::{comparable, topics_of};

use crate::input::{Step, steps};
use crate::model::{Mistake, Row};
use crate::random::Random;
use crate::topology::Topology;
use crate::values::Datum;

/// The topologies of a seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Suite {
    /// The seed.
    pub seed: u64,
    /// Its topologies.
    pub topologies: Vec<Topology>,
}

/// A topology as it was compiled.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations)]
pub struct Entry {
    /// Makes a driver.
    pub start: fn(&Running) -> Result<TestDriver, DriverError>,
    /// The topology itself.
    pub any: fn() -> AnyTopology,
    /// The rows of its stores, in the order of the nodes.
    pub stores: fn(&TestDriver) -> Result<Vec<Vec<Row>>, DriverError>,
}

/// How a driver is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Running {
    /// How much each store may cache.
    pub cache_bytes: usize,
}

impl Running {
    /// A driver.
    ///
    /// # Errors
    /// As [`TestDriver::new`].
    pub fn start<T: Runs>(&self, topology: T) -> Result<TestDriver, DriverError> {
        TestDriver::builder(topology).cache_max_bytes(self.cache_bytes).build()
    }
}

/// The rows of a key-value store.
///
/// # Errors
/// When there is no such store.
pub fn key_value_rows<V>(driver: &TestDriver, name: &'static str) -> Result<Vec<Row>, DriverError>
where
    V: StreamData<Stored = V> + Clone + Send + Sync + Into<Datum> + 'static,
{
    let rows = driver.store(StoreName::<String, V>::new(name))?.all_with_timestamps();
    Ok(rows.into_iter().map(|(key, value, ts)| Row { key: key.into(), value: value.into(), ts }).collect())
}

/// The rows of a global table.
///
/// # Errors
/// When there is no such table.
pub fn global_rows<V>(driver: &TestDriver, name: &'static str) -> Result<Vec<Row>, DriverError>
where
    V: StreamData<Stored = V> + Clone + Send + Sync + Into<Datum> + 'static,
{
    key_value_rows::<V>(driver, name)
}

/// The rows of a window store.
///
/// # Errors
/// When there is no such store.
pub fn window_rows<V>(driver: &TestDriver, name: &'static str, size_ms: i64) -> Result<Vec<Row>, DriverError>
where
    V: StreamData<Stored = V> + Clone + Into<Datum> + 'static,
{
    let rows = driver.window_store(StoreName::<Windowed<String>, V>::new(name))?.all_with_timestamps();
    let row = |(key, start, value, ts): (String, i64, V, i64)| {
        let key = Datum::Window(key, start, start.saturating_add(size_ms));
        Row { key, value: value.into(), ts }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The rows of a session store.
///
/// # Errors
/// When there is no such store.
pub fn session_rows<V>(driver: &TestDriver, name: &'static str) -> Result<Vec<Row>, DriverError>
where
    V: StreamData<Stored = V> + Clone + Into<Datum> + 'static,
{
    let rows = driver.session_store(StoreName::<Windowed<String, SessionWindow>, V>::new(name))?.all();
    let row = |(key, window, value): (String, SessionWindow, V)| Row {
        key: Datum::Window(key, window.start_ms, window.end_ms),
        value: value.into(),
        ts: window.end_ms,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The times as of which versioned stores are asked.
pub fn asked() -> impl Iterator<Item = i64> {
    (0..2000).step_by(40)
}

/// What a versioned store tells of each key as of some times, and at last.
///
/// # Errors
/// When there is no such store.
pub fn versioned_rows<V>(driver: &TestDriver, name: &'static str) -> Result<Vec<Row>, DriverError>
where
    V: StreamData<Stored = V> + Clone + Into<Datum> + Send + Sync + 'static,
{
    let store = driver.versioned_store(StoreName::<String, V>::new(name))?;
    let mut rows: Vec<Row> = Vec::new();
    for key in store.keys() {
        let versions = asked().map(|time_ms| store.get_as_of(&key, time_ms)).chain([store.get(&key)]);
        rows.extend(versions.flatten().map(|(value, ts)| Row { key: key.clone().into(), value: value.into(), ts }));
    }
    rows.dedup();
    Ok(rows)
}

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Pairs of topology and input, over all topologies.
    pub pairs: usize,
    /// Only this topology.
    pub only: Option<usize>,
    /// Only this input.
    pub input_seed: Option<u64>,
    /// A mistake in the model.
    pub mistake: Mistake,
    /// Threads.
    pub threads: usize,
}

/// What became of a topology.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub index: usize,
    /// Inputs on which it agreed with the model.
    pub passed: usize,
    /// Inputs on which it did not.
    pub failed: usize,
    /// Records that were taken in.
    pub records: usize,
    /// Runs by mode, in the order of [`Mode::ALL`].
    pub runs: [usize; Mode::ALL.len()],
    /// The first failure, shrunk.
    pub failure: Option<Failure>,
}

/// A failure.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed of the input.
    pub input_seed: u64,
    /// The smallest input that was found to fail.
    pub steps: Vec<Step>,
    /// What differs on it.
    pub difference: Difference,
}

/// The seed of an input.
pub fn input_seed(seed: u64, topology: usize, input: usize) -> u64 {
    // Short, because people type it.
    Random::new(seed ^ ((topology as u64) << 40) ^ ((input as u64) << 8) ^ 0x1f).next_u64() >> 24
}

/// Inputs of one topology before another has its turn.
const TURN: usize = 4;

/// How far a topology is.
struct Progress {
    outcome: Outcome,
    inputs: usize,
    spent: Duration,
}

/// Runs the topologies of a suite: turn by turn the one that has taken the least time, so that one whose model is slow (it computes everything
/// anew from all that came before) does not hold up the others. Each has an eighth of its share of the inputs at least.
pub fn run(suite: &Suite, entries: &[Entry], plan: &Plan) -> Vec<Outcome> {
    let chosen = (0..suite.topologies.len().min(entries.len())).filter(|index| plan.only.is_none_or(|only| only == *index));
    let fresh = |index| Outcome { index, passed: 0, failed: 0, records: 0, runs: [0; Mode::ALL.len()], failure: None };
    let waiting: Vec<Progress> = chosen.map(|index| Progress { outcome: fresh(index), inputs: 0, spent: Duration::ZERO }).collect();
    let pairs = if plan.input_seed.is_some() { waiting.len() } else { plan.pairs };
    let least = (pairs / waiting.len().max(1) / 8).max(1);
    let waiting = Mutex::new((waiting, pairs));
    let lock = || waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // One that is at work is not among those that wait.
    let next = || {
        let (waiting, left) = &mut *lock();
        let open = waiting.iter().enumerate().filter(|(_, progress)| *left > 0 || progress.inputs < least);
        let (place, _) = open.min_by_key(|(_, progress)| (progress.inputs >= least, progress.spent))?;
        let progress = waiting.swap_remove(place);
        let turn = if *left > 0 { TURN.min(*left) } else { TURN.min(least - progress.inputs) };
        *left -= turn.min(*left);
        Some((progress, turn))
    };
    thread::scope(|scope| {
        for _ in 0..plan.threads.max(1) {
            scope.spawn(|| {
                while let Some((mut progress, turn)) = next() {
                    let start = Instant::now();
                    for input in progress.inputs..progress.inputs + turn {
                        let seed = plan.input_seed.unwrap_or_else(|| input_seed(suite.seed, progress.outcome.index, input));
                        run_input(suite, entries, plan, &mut progress.outcome, seed);
                    }
                    progress.inputs += turn;
                    progress.spent += start.elapsed();
                    lock().0.push(progress);
                }
            });
        }
    });
    let (finished, _) = waiting.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut outcomes: Vec<Outcome> = finished.into_iter().map(|progress| progress.outcome).collect();
    outcomes.sort_by_key(|outcome: &Outcome| outcome.index);
    outcomes
}

fn run_input(suite: &Suite, entries: &[Entry], plan: &Plan, outcome: &mut Outcome, input_seed: u64) {
    let (topology, entry) = (&suite.topologies[outcome.index], &entries[outcome.index]);
    let modes = modes(topology, input_seed);
    let steps = steps(topology, input_seed);
    outcome.records += steps.len();
    for mode in &modes {
        outcome.runs[*mode as usize] += 1;
    }
    let differs =
        |steps: &[Step]| modes.iter().find_map(|mode| guarded(|| check(entry, topology, steps, (*mode, input_seed), plan.mistake)));
    let Some(difference) = differs(&steps) else {
        outcome.passed += 1;
        return;
    };
    outcome.failed += 1;
    if outcome.failure.is_none() {
        let (steps, difference) = shrink::shrink(steps, difference, differs);
        outcome.failure = Some(Failure { input_seed, steps, difference });
    }
}

/// A panic is a difference.
fn guarded(check: impl FnOnce() -> Result<(), Difference>) -> Option<Difference> {
    match panic::catch_unwind(panic::AssertUnwindSafe(check)) {
        Ok(Ok(())) => None,
        Ok(Err(difference)) => Some(difference),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned());
            Some(Difference::told("a panic", text))
        }
    }
}
