//! A process that the test steps, with clocks of its own.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::machine::{Now, Process};
use streams_runtime::record::NewRecord;
use streams_runtime::{AppState, Streams, Topology};

/// One process, and what time it is there.
pub(super) struct Run {
    pub(super) process: Process,
    pub(super) now: Now,
}

impl Run {
    pub(super) fn new<T: Topology>(streams: Streams<T>) -> Self {
        let now = Now { mono: Duration::ZERO, wall_ms: 1_700_000_000_000 };
        Run { process: Process::new(streams), now }
    }

    /// A step of each part; then time goes on.
    pub(super) fn round(&mut self, elapsed: Duration) {
        for part in 0..self.process.parts() {
            self.process.step(part, self.now);
        }
        self.now.mono += elapsed;
        self.now.wall_ms += i64::try_from(elapsed.as_millis()).unwrap();
    }

    /// Rounds of a millisecond until something holds, for a minute at most.
    pub(super) fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        for _ in 0..60_000 {
            if holds(self) {
                return;
            }
            self.round(Duration::from_millis(1));
        }
        panic!("{what}: not after a minute; {:?}, failure: {:?}", self.process.state(), self.process.failure());
    }

    pub(super) fn until_running(&mut self) {
        self.until("running", |run| run.process.state() == AppState::Running);
    }

    /// Lets time pass, a step of each part every 10 ms.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while self.now.mono < until {
            self.round(Duration::from_millis(10));
        }
    }

    /// Stops it, with everything committed.
    pub(super) fn stop(mut self) {
        self.process.stop();
        self.until("stopped", |run| matches!(run.process.state(), AppState::Stopped | AppState::Failed));
        assert!(self.process.failure().is_none(), "{:?}", self.process.failure());
    }
}

pub(super) fn append(log: &EmbeddedLog, topic: &str, partition: i32, key: &str, value: &str, timestamp_ms: i64) {
    let record = NewRecord { key: Some(key.as_bytes()), value: Some(value.as_bytes()), timestamp_ms, offset: 0 };
    log.append(topic, Some(partition), record).unwrap();
}

/// All values of a topic, sorted.
pub(super) fn values(log: &EmbeddedLog, topic: &str) -> Vec<String> {
    let mut values = Vec::new();
    for partition in 0..log.partitions(topic).unwrap() {
        let batch = log.read(topic, partition, 0, usize::MAX).unwrap();
        values.extend(batch.iter().map(|record| String::from_utf8(record.value.unwrap_or_default().to_vec()).unwrap()));
    }
    values.sort();
    values
}
