//! One file against the same scenario as a whole application: its threads, consumer group, commits and internal topics on the embedded log.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, io, thread};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::{NewRecord, RecordBatch, RecordRef};
use streams_runtime::time::clock::ManualClock;
use streams_runtime::{App, Headers, Streams, Topology};
use streams_test::RawRecord;
use tokio::runtime::Runtime;

use super::format::{Config, Order, Vector};
use super::replay::{Subject, compare_dropped, steps};
use super::{Outcome, Scenario, file_name, scenarios, vectors};

/// Scenarios that come out otherwise where each sub-topology has tasks, and a stream time, of its own, and why. In the recordings one task ran all.
pub const NOT_ON_TASKS_OF_THEIR_OWN: &[(&str, &str)] = &[];

/// How long a step may take before the application counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the application of a scenario.
pub(super) type Start = dyn Fn(&Config, EmbeddedLog, Arc<ManualClock>) -> Starting;
type Starting = Pin<Box<dyn Future<Output = Result<Box<dyn Running>, String>>>>;
type Done<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

/// An application, whatever its topology.
pub(super) trait Running {
    /// Until nothing is left to do.
    fn drained(&self) -> Done<'_>;
    fn dropped(&self) -> u64;
    fn shutdown(self: Box<Self>) -> Done<'static>;
}

impl<T: Topology> Running for App<T> {
    fn drained(&self) -> Done<'_> {
        Box::pin(async { App::drained(self).await.map_err(|e| e.to_string()) })
    }

    fn dropped(&self) -> u64 {
        self.metrics().records.dropped
    }

    fn shutdown(self: Box<Self>) -> Done<'static> {
        Box::pin(async move { App::shutdown(&self, PATIENCE).await.map_err(|e| e.to_string()) })
    }
}

pub(super) fn start<T: Topology>(topology: impl Fn() -> T + 'static) -> Box<Start> {
    Box::new(move |config, log, clock| {
        let streams = Streams::new(topology())
            .application_id("conformance")
            .embedded_log(log)
            .create_missing_topics(1)
            .cache_max_bytes(config.cache_bytes)
            .linger(Duration::ZERO)
            .clock(clock);
        Box::pin(async move {
            let app = streams.start().await.map_err(|e| e.to_string())?;
            app.running().await.map_err(|e| e.to_string())?;
            Ok(Box::new(app) as Box<dyn Running>)
        })
    })
}

/// An application at work, taken one step at a time.
struct Application {
    runtime: Runtime,
    app: Box<dyn Running>,
    log: EmbeddedLog,
    clock: Arc<ManualClock>,
    /// Of each output topic: what was read so far.
    read: BTreeMap<String, i64>,
    batch: RecordBatch,
}

impl Application {
    fn start(scenario: &Scenario, vector: &Vector) -> Result<Self, String> {
        let log = EmbeddedLog::in_memory();
        for topic in vector.topics.keys() {
            log.create_topic(topic, 1).map_err(|e| e.to_string())?;
        }
        let clock = Arc::new(ManualClock::new(vector.config.wall_clock_start_ms));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|e| e.to_string())?;
        let app = runtime.block_on((scenario.start)(&vector.config, log.clone(), Arc::clone(&clock)))?;
        let read = vector.outputs().map(|topic| (topic.to_owned(), 0)).collect();
        Ok(Application { runtime, app, log, clock, read, batch: RecordBatch::default() })
    }

    fn settle(&self) -> Result<(), String> {
        let settled = async { tokio::time::timeout(PATIENCE, self.app.drained()).await };
        self.runtime.block_on(settled).map_err(|_| format!("not idle after {PATIENCE:?}"))?
    }
}

impl Subject for Application {
    fn pipe(&mut self, record: RawRecord) -> Result<(), String> {
        self.batch.clear();
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        self.batch.push(NewRecord { key, value, timestamp_ms: record.timestamp_ms, offset: 0 });
        for (name, value) in record.headers.iter() {
            self.batch.push_header(name.as_bytes(), value);
        }
        let record_in_batch = self.batch.get(0).ok_or("the record is gone")?;
        self.log.append(&record.topic, Some(0), record_in_batch).map_err(|e| e.to_string())?;
        self.settle()
    }

    fn advance_wall_clock_ms(&mut self, by_ms: i64) -> Result<(), String> {
        self.clock.advance_ms(by_ms);
        self.settle()
    }

    fn take_outputs(&mut self) -> Result<Vec<RawRecord>, String> {
        let mut outputs = Vec::new();
        for (topic, read) in &mut self.read {
            let batch = self.log.read(topic, 0, *read, usize::MAX).map_err(|e| e.to_string())?;
            outputs.extend(batch.iter().map(|record| raw(topic, &record)));
            *read = self.log.end_offset(topic, 0).map_err(|e| e.to_string())?;
        }
        Ok(outputs)
    }
}

fn raw(topic: &str, record: &RecordRef<'_>) -> RawRecord {
    let mut headers = Headers::default();
    record.headers.iter().for_each(|header| headers.add(&header.name(), header.value));
    RawRecord {
        topic: topic.into(),
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        timestamp_ms: record.timestamp_ms,
        headers,
    }
}

/// Replays one file with this text as an application on the embedded log, step by step: after each step it is waited until nothing is left to
/// do. Between topics there is no order, as on Kafka.
pub fn replay_embedded_text(scenarios: &[Scenario], text: &str) -> Outcome {
    let vector: Vector = match serde_json::from_str(text) {
        Ok(vector) => vector,
        Err(e) => return Outcome::Failed(format!("not of the vectors' format: {e}")),
    };
    let name = vector.scenario.as_str();
    let Some(scenario) = scenarios.iter().find(|scenario| scenario.name == name) else {
        return Outcome::Failed(format!("scenario {name} is unknown"));
    };
    let order = match vector.config.order {
        Order::Total | Order::PerTopic => Order::PerTopic,
        Order::PerKey => Order::PerKey,
    };
    let replayed = Application::start(scenario, &vector).and_then(|mut application| {
        steps(&mut application, scenario, &vector, order)?;
        compare_dropped(application.app.dropped(), &vector)?;
        application.runtime.block_on(application.app.shutdown())
    });
    match replayed {
        Ok(()) if name.starts_with("quirk_") => Outcome::Quirk(None),
        Err(difference) if name.starts_with("quirk_") => Outcome::Quirk(Some(difference)),
        Ok(()) => Outcome::Passed,
        Err(difference) => Outcome::Failed(format!("scenario {name}, seed {}: {difference}", vector.seed)),
    }
}

/// Applications at a time: most of the time their threads wait for each other.
const THREADS: usize = 64;

/// What became of each file of a directory, by name, replayed by applications on the embedded log.
///
/// # Errors
/// When the directory cannot be read.
pub fn replay_embedded(directory: &Path) -> io::Result<Vec<(String, Outcome)>> {
    let paths = vectors(directory)?;
    let next = AtomicUsize::new(0);
    let work = || {
        let (scenarios, mut outcomes) = (scenarios(), Vec::new());
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            outcomes.push((file_name(path), replay_embedded_text(&scenarios, &fs::read_to_string(path)?)));
        }
        Ok(outcomes)
    };
    let parts: Vec<io::Result<Vec<(String, Outcome)>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a replay panicked")))).collect()
    });
    let mut outcomes: Vec<_> = parts.into_iter().collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect();
    outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(outcomes)
}
