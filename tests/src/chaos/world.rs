//! A run: processes of one application on one log, a script of what goes wrong, and what must hold
//! in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{Broker, GroupConfig, TopicPartition};
use streams_runtime::record::NewRecord;
use streams_runtime::{App, AppState, Streams, Topology};

use super::broker::FaultyBroker;
use super::process::{Process, Weather, lock};
use super::script::{Event, Kind, STEPS, Script};
use super::topologies::{POISON, closed, group_of, moved, poisoned, sets};

/// The topic of results.
pub(super) const RESULTS: &str = "out";
/// What changelogs of windows keep, and more.
pub(super) const RETENTION_MS: i64 = 3 * HOUR_MS;
const HOUR_MS: i64 = 3_600_000;
const APPLICATION: &str = "chaos";
const STEP: Duration = Duration::from_millis(15);
/// How many questions about offsets one assignment may take of each worker.
const QUESTIONS: u64 = 6;

/// Runs a script; what does not hold.
pub async fn run(script: &Script) -> Vec<String> {
    let mended = Arc::new(AtomicBool::new(false));
    match script.kind {
        Kind::Sets => World::new(script, sets, mended).run().await,
        Kind::Moved => World::new(script, moved, mended).run().await,
        Kind::Closed => World::new(script, closed, mended).run().await,
        Kind::Poisoned => {
            let of_topology = Arc::clone(&mended);
            World::new(script, move || poisoned(Arc::clone(&of_topology)), mended).run().await
        }
    }
}

struct Running<T: Topology> {
    process: Arc<Process>,
    app: App<T>,
}

struct World<T: Topology, M> {
    weather: Arc<Weather>,
    make: M,
    log: EmbeddedLog,
    running: Vec<Running<T>>,
    started: u64,
    mended: Arc<AtomicBool>,
    /// For each key of a result what it has to hold.
    expected: BTreeMap<String, BTreeSet<String>>,
    next_id: u64,
    findings: Vec<String>,
}

impl<T: Topology + 'static, M: Fn() -> T> World<T, M> {
    fn new(script: &Script, make: M, mended: Arc<AtomicBool>) -> Self {
        World {
            weather: Weather::new(script.clone()),
            make,
            log: EmbeddedLog::in_memory(),
            running: Vec::new(),
            started: 0,
            mended,
            expected: BTreeMap::new(),
            next_id: 0,
            findings: Vec::new(),
        }
    }

    async fn run(mut self) -> Vec<String> {
        if let Err(error) = self.try_run().await {
            self.findings.push(format!("the run did not come to its end: {error}"));
        }
        for Running { process, .. } in &self.running {
            process.dead.store(true, Ordering::SeqCst);
        }
        self.findings
    }

    async fn try_run(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let script = self.weather.script.clone();
        for topic in ["in", RESULTS] {
            self.log.create_topic(topic, script.partitions)?;
        }
        let observer = self.log.join_group(&GroupConfig {
            group: APPLICATION.to_owned(),
            topics: Vec::new(),
            instance: None,
            client_id: "observer".to_owned(),
            session_timeout: Duration::from_secs(3_600),
        })?;
        self.weather.observer.get_or_init(|| observer);
        for _ in 0..script.processes {
            self.start().await;
        }
        let mut events = script.events.iter().peekable();
        for step in 0..STEPS {
            self.feed(step, 4)?;
            if script.kind == Kind::Poisoned && step == STEPS / 3 {
                self.put("k1", POISON, step as i64 * HOUR_MS / 2)?;
            }
            if let Some(away) = script.away.filter(|away| away.from_step == step) {
                *lock(&self.weather.away_until) = Some(Instant::now() + away.lasts);
            }
            while let Some((_, event)) = events.next_if(|(at, _)| *at == step) {
                self.happen(*event, step).await;
            }
            tokio::time::sleep(STEP).await;
            self.look_after().await;
        }
        self.ride_out().await;
        self.weather.over.store(true, Ordering::SeqCst);
        self.mended.store(true, Ordering::SeqCst);
        self.look_after().await;
        if self.running.is_empty() {
            self.start().await;
        }
        self.count_questions();
        self.close_windows()?;
        self.settle("in the end").await?;
        // What a fresh process makes of what was left behind.
        self.start().await;
        if script.kind != Kind::Closed {
            for key in self.expected.keys().cloned().collect::<Vec<_>>() {
                let id = format!("i{}", self.next_id);
                self.next_id += 1;
                self.put(&key, &id, STEPS as i64 * HOUR_MS / 2)?;
            }
            self.settle("after a restart").await?;
        }
        Ok(())
    }

    async fn start(&mut self) {
        let process = Process::new(self.started, Arc::clone(&self.weather));
        self.started += 1;
        let script = &self.weather.script;
        let broker = FaultyBroker { log: self.log.clone(), process: Arc::clone(&process) };
        let streams = Streams::new((self.make)())
            .application_id(APPLICATION)
            .broker(Arc::new(broker))
            .clock(Arc::clone(&self.weather) as Arc<_>)
            .threads(script.threads)
            .cache_max_bytes(script.cache_bytes)
            .commit_interval(script.commit_interval)
            .window_changelog_additional_retention(Duration::ZERO)
            .session_timeout(Duration::from_millis(1_200));
        match streams.start().await {
            Ok(app) => self.running.push(Running { process, app }),
            Err(error) => self.findings.push(format!("process {} did not start: {error}", process.number)),
        }
    }

    /// Records for some keys.
    fn feed(&mut self, step: u64, records: u64) -> Result<(), Box<dyn std::error::Error>> {
        for number in 0..records {
            let id = format!("i{}", self.next_id);
            // Each key for a while only, so that a late write of it stays the last.
            let key = format!("k{}", step / 4 * 4 + number % 4);
            self.next_id += 1;
            self.put(&key, &id, step as i64 * HOUR_MS / 2)?;
        }
        Ok(())
    }

    fn put(&mut self, key: &str, id: &str, timestamp_ms: i64) -> Result<(), Box<dyn std::error::Error>> {
        let record = NewRecord { key: Some(key.as_bytes()), value: Some(id.as_bytes()), timestamp_ms, offset: 0 };
        self.log.append("in", None, record)?;
        let result = match self.weather.script.kind {
            Kind::Sets | Kind::Poisoned => key.to_owned(),
            Kind::Moved => group_of(id),
            Kind::Closed => format!("{key}@{}", timestamp_ms / HOUR_MS * HOUR_MS),
        };
        self.expected.entry(result).or_default().insert(id.to_owned());
        Ok(())
    }

    /// A record of the far future in each partition.
    fn close_windows(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        if self.weather.script.kind == Kind::Closed {
            for partition in 0..self.weather.script.partitions {
                let key = format!("end{partition}");
                let timestamp_ms = (STEPS as i64 + 10) * HOUR_MS;
                let record = NewRecord { key: Some(key.as_bytes()), value: Some(b"end"), timestamp_ms, offset: 0 };
                self.log.append("in", Some(partition), record)?;
            }
        }
        Ok(())
    }

    async fn happen(&mut self, event: Event, step: u64) {
        let chosen = super::dice::Dice::new(self.weather.script.seed).of("process").below(step, self.running.len() as u64) as usize;
        match event {
            Event::Start if self.running.len() < 3 => self.start().await,
            Event::Start => {}
            Event::Clock(by_ms) => {
                self.weather.shift_ms.fetch_add(by_ms, Ordering::SeqCst);
            }
            Event::Stop | Event::Kill | Event::Freeze(_) if self.running.is_empty() => {}
            Event::Stop => {
                let Running { app, .. } = self.running.swap_remove(chosen);
                // Whether it could commit depends on the script.
                tokio::spawn(async move { drop(app.shutdown(Duration::from_secs(20)).await) });
            }
            Event::Kill => {
                let Running { process, app } = self.running.swap_remove(chosen);
                process.dead.store(true, Ordering::SeqCst);
                tokio::spawn(async move { drop(app.shutdown(Duration::from_secs(20)).await) });
            }
            Event::Freeze(ms) => self.running[chosen].process.freeze(Duration::from_millis(ms.min(600))),
        }
    }

    /// Starts again what has ended, and says so if there was no reason to end.
    async fn look_after(&mut self) {
        for index in (0..self.running.len()).rev() {
            if self.running[index].app.state() != AppState::Failed {
                continue;
            }
            let Running { process, app } = self.running.swap_remove(index);
            let error = app.failure().map(|error| error.to_string()).unwrap_or_default();
            let mended = self.weather.script.kind == Kind::Poisoned && error.contains("cannot be sent yet");
            self.mended.fetch_or(mended, Ordering::SeqCst);
            if !mended && !process.undelivered.load(Ordering::SeqCst) {
                self.findings.push(format!("process {} ended by itself: {error}", process.number));
            }
            drop(app);
            self.start().await;
        }
    }

    /// Waits until the broker answers again.
    async fn ride_out(&mut self) {
        loop {
            let until = *lock(&self.weather.away_until);
            if until.is_none_or(|until| Instant::now() >= until) {
                return;
            }
            tokio::time::sleep(STEP).await;
            self.look_after().await;
        }
    }

    /// Offsets can be asked for together.
    fn count_questions(&mut self) {
        for Running { process, .. } in &self.running {
            let questions = process.questions.load(Ordering::SeqCst);
            let assignments = process.assignments.load(Ordering::SeqCst);
            if questions > QUESTIONS * assignments.max(1) * self.weather.script.threads as u64 {
                self.findings.push(format!("process {} asked {questions} times for offsets at {assignments} assignments", process.number));
            }
        }
    }

    fn is_committed(&self) -> Result<bool, Box<dyn std::error::Error>> {
        let partitions: Vec<_> = (0..self.weather.script.partitions).map(|partition| TopicPartition::new("in", partition)).collect();
        for (committed, partition) in self.weather.committed(&partitions)?.into_iter().zip(&partitions) {
            if committed < self.log.end_offset("in", partition.partition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All is well: everything has to be done and committed soon, and right.
    async fn settle(&mut self, when: &str) -> Result<(), Box<dyn std::error::Error>> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.is_committed()? {
            if Instant::now() >= deadline {
                self.findings.push(format!("{when}: not everything is committed 10 s after the last fault"));
                break;
            }
            tokio::time::sleep(STEP).await;
            self.look_after().await;
        }
        if let Some(Running { app, .. }) = self.running.first() {
            match tokio::time::timeout(Duration::from_secs(10), app.drained()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.findings.push(format!("{when}: not drained: {error}")),
                Err(_) => self.findings.push(format!("{when}: not drained 10 s after the last fault")),
            }
        }
        for Running { process, app } in self.running.drain(..) {
            if let Err(error) = app.shutdown(Duration::from_secs(10)).await {
                self.findings.push(format!("{when}: the end of process {}: {error}", process.number));
            }
        }
        self.compare(when, RESULTS)?;
        if self.weather.script.kind != Kind::Closed {
            self.compare(when, &format!("{APPLICATION}-seen-changelog"))?;
        }
        Ok(())
    }

    /// The last row of each key in a topic against what has to be there.
    fn compare(&mut self, when: &str, topic: &str) -> Result<(), Box<dyn std::error::Error>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for partition in 0..self.log.partitions(topic)? {
            for record in self.log.read(topic, partition, 0, usize::MAX)?.iter() {
                let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
                let set = text(record.value).split(',').map(str::to_owned).collect();
                found.insert(text(record.key), set);
            }
        }
        for (key, expected) in &self.expected {
            match found.get(key) {
                Some(found) if found == expected => {}
                Some(found) => {
                    let lost: Vec<_> = expected.difference(found).collect();
                    let more: Vec<_> = found.difference(expected).collect();
                    self.findings.push(format!("{when}: `{key}` in `{topic}` lacks {lost:?} and has {more:?} too many"));
                }
                None => self.findings.push(format!("{when}: `{key}` is not in `{topic}`")),
            }
        }
        Ok(())
    }
}
