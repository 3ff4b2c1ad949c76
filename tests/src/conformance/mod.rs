//! Replays recorded behaviour of Kafka Streams (`tests/conformance/`) through the test driver and compares.

mod aggregations;
mod applications;
mod cogroup;
mod embedded;
mod foreign_keys;
mod format;
mod joins;
mod optimized;
mod processor_stores;
mod processors;
mod replay;
mod sessions;
mod sliding;
mod stateless;
mod stream_joins;
mod suppress;
mod table_joins;
mod tables;
mod variants;
mod versioned;
mod vocabulary;
mod windows;

use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

pub use embedded::{NOT_ON_TASKS_OF_THEIR_OWN, replay_embedded, replay_embedded_text};
pub use format::Config;
use serde_json::{Value, json};
use streams_runtime::codec::StreamData;
use streams_runtime::{SessionWindow, StoreName, Topology, Windowed};
use streams_test::{DriverError, TestDriver};
pub use variants::{replay_cached, replay_restarted};

/// A scenario as this library says it.
pub struct Scenario {
    /// Its name in the vectors.
    pub name: &'static str,
    make: Box<dyn Fn(&Config) -> Result<TestDriver, DriverError>>,
    start: Box<embedded::Start>,
    stores: Vec<StoreRows>,
    /// What keys in windows are, where a topic has no other.
    keys: KeyWindows,
    keys_in: Vec<(&'static str, KeyWindows)>,
}

/// What the bytes of keys in windows are.
#[derive(Clone, Copy, Debug)]
enum KeyWindows {
    /// Windows of this size: only their start is in the bytes.
    OfSize(i64),
    /// Sessions: their end and start are.
    Sessions,
}

/// How the rows of a store become JSON.
struct StoreRows {
    name: &'static str,
    /// Of a driver, and of the times of all that was piped, in order.
    rows: Box<dyn Fn(&TestDriver, &[i64]) -> Result<Vec<Value>, DriverError>>,
}

impl Scenario {
    fn new<T: Topology>(name: &'static str, topology: impl Fn() -> T + Copy + 'static) -> Self {
        let make = move |config: &Config| {
            TestDriver::builder(topology()).wall_clock_start_ms(config.wall_clock_start_ms).cache_max_bytes(config.cache_bytes).build()
        };
        let start = embedded::start(topology);
        Scenario { name, make: Box::new(make), start, stores: Vec::new(), keys: KeyWindows::OfSize(0), keys_in: Vec::new() }
    }

    /// Compares this store, rows with their times.
    fn store<K, V>(self, name: &'static str) -> Self
    where
        K: StreamData<Stored = K> + Clone + serde::Serialize + 'static,
        V: StreamData<Stored = V> + Clone + serde::Serialize + Send + Sync + 'static,
    {
        self.rows(name, move |driver| {
            let rows = driver.store(StoreName::<K, V>::new(name))?.all_with_timestamps();
            Ok(rows.into_iter().map(|(key, value, ts)| json!({"key": key, "value": value, "ts": ts})).collect())
        })
    }

    /// Compares this store of a processor, rows without times.
    fn plain_store<K, V>(self, name: &'static str) -> Self
    where
        K: StreamData<Stored = K> + Clone + serde::Serialize + 'static,
        V: StreamData<Stored = V> + Clone + serde::Serialize + Send + Sync + 'static,
    {
        self.rows(name, move |driver| {
            let rows = driver.store(StoreName::<K, V>::new(name))?.all();
            Ok(rows.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect())
        })
    }

    /// Says how large its windows are.
    fn windows_of(mut self, size_ms: i64) -> Self {
        self.keys = KeyWindows::OfSize(size_ms);
        self
    }

    /// Says that its windows are sessions.
    fn sessions(mut self) -> Self {
        self.keys = KeyWindows::Sessions;
        self
    }

    /// The size of its windows.
    fn window_ms(&self) -> i64 {
        if let KeyWindows::OfSize(size_ms) = self.keys { size_ms } else { 0 }
    }

    /// What keys in windows are in a topic.
    fn keys_of(&self, topic: &str) -> KeyWindows {
        self.keys_in.iter().find(|(name, _)| *name == topic).map_or(self.keys, |(_, keys)| *keys)
    }

    /// Compares this window store, whose windows are as large as was said before.
    fn window_store<V>(self, name: &'static str) -> Self
    where
        V: StreamData<Stored = V> + Clone + serde::Serialize + 'static,
    {
        let size_ms = self.window_ms();
        self.rows(name, move |driver| {
            let rows = driver.window_store(StoreName::<Windowed<String>, V>::new(name))?.all_with_timestamps();
            let row = |(key, start_ms, value, ts): (String, i64, V, i64)| {
                json!({"key": key, "start": start_ms, "end": start_ms.saturating_add(size_ms), "value": value, "ts": ts})
            };
            Ok(rows.into_iter().map(row).collect())
        })
    }

    /// Compares this session store.
    fn session_store<V>(self, name: &'static str) -> Self
    where
        V: StreamData<Stored = V> + Clone + serde::Serialize + 'static,
    {
        self.rows(name, move |driver| {
            let mut rows = driver.session_store(StoreName::<Windowed<String, SessionWindow>, V>::new(name))?.all();
            // The store orders the sessions of a key by their ends.
            rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
            let row = |(key, session, value): (String, SessionWindow, V)| {
                json!({"key": key, "start": session.start_ms, "end": session.end_ms, "value": value})
            };
            Ok(rows.into_iter().map(row).collect())
        })
    }

    /// Compares this window store of a processor, rows without times.
    fn plain_window_store<V>(self, name: &'static str) -> Self
    where
        V: StreamData<Stored = V> + Clone + serde::Serialize + 'static,
    {
        let size_ms = self.window_ms();
        self.rows(name, move |driver| {
            let rows = driver.window_store(StoreName::<Windowed<String>, V>::new(name))?.all_with_timestamps();
            let row = |(key, start_ms, value, _): (String, i64, V, i64)| json!({"key": key, "start": start_ms, "end": start_ms + size_ms, "value": value});
            Ok(rows.into_iter().map(row).collect())
        })
    }

    /// Compares this store with a history: what it has at each time, and at last.
    fn versioned_store(mut self, name: &'static str) -> Self {
        let rows = move |driver: &TestDriver, times_ms: &[i64]| {
            let store = driver.versioned_store(StoreName::<String, String>::new(name))?;
            let mut rows = Vec::new();
            for key in store.keys() {
                let past = times_ms.iter().map(|time_ms| store.get_as_of(&key, *time_ms));
                let mut versions: Vec<(String, i64)> = past.chain([store.get(&key)]).flatten().collect();
                versions.dedup();
                rows.extend(versions.into_iter().map(|(value, ts)| json!({"key": key, "value": value, "ts": ts})));
            }
            Ok(rows)
        };
        self.stores.push(StoreRows { name, rows: Box::new(rows) });
        self
    }

    fn rows(mut self, name: &'static str, rows: impl Fn(&TestDriver) -> Result<Vec<Value>, DriverError> + 'static) -> Self {
        self.stores.push(StoreRows { name, rows: Box::new(move |driver, _| rows(driver)) });
        self
    }
}

/// All scenarios.
pub fn scenarios() -> Vec<Scenario> {
    [
        stateless::scenarios(),
        processors::scenarios(),
        processor_stores::scenarios(),
        aggregations::scenarios(),
        joins::scenarios(),
        tables::scenarios(),
        windows::scenarios(),
        table_joins::scenarios(),
        applications::scenarios(),
        cogroup::scenarios(),
        foreign_keys::scenarios(),
        optimized::scenarios(),
        sessions::scenarios(),
        sliding::scenarios(),
        stream_joins::scenarios(),
        suppress::scenarios(),
        versioned::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps, stores and drops are as recorded.
    Passed,
    /// Something differs, or the file is not of the format, or its scenario is unknown; with what and where.
    Failed(String),
    /// The scenario records a loss of Kafka Streams, which need not be matched; what differs, if anything does.
    Quirk(Option<String>),
}

/// What became of each file of a directory, by name, replayed through the test driver.
///
/// # Errors
/// When the directory cannot be read.
pub fn replay(directory: &Path) -> io::Result<Vec<(String, Outcome)>> {
    let scenarios = scenarios();
    vectors(directory)?.iter().map(|path| Ok((file_name(path), replay_text(&scenarios, &fs::read_to_string(path)?)))).collect()
}

/// The files of a directory, in order.
fn vectors(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What becomes of one file with this text.
pub fn replay_text(scenarios: &[Scenario], text: &str) -> Outcome {
    let vector: format::Vector = match serde_json::from_str(text) {
        Ok(vector) => vector,
        Err(e) => return Outcome::Failed(format!("not of the vectors' format: {e}")),
    };
    if vector.format != 1 {
        return Outcome::Failed(format!("format {} is unknown", vector.format));
    }
    let known = scenarios.iter().find(|scenario| scenario.name == vector.scenario);
    match known {
        Some(scenario) => {
            // A panic is a defect of one scenario and must not hide the others.
            let replayed = panic::catch_unwind(AssertUnwindSafe(|| replay::replay(scenario, &vector)));
            let replayed = replayed.unwrap_or_else(|_| Err("it panicked; the message is above, on the standard error".to_owned()));
            match replayed {
                replayed if vector.scenario.starts_with("quirk_") => Outcome::Quirk(replayed.err()),
                Ok(()) => Outcome::Passed,
                Err(difference) => Outcome::Failed(format!("scenario {}, seed {}: {difference}", vector.scenario, vector.seed)),
            }
        }
        None => Outcome::Failed(format!("scenario {} is unknown", vector.scenario)),
    }
}
