//! Whether the workers are alive: the group thinks the process is well as long as its member polls,
//! so that the process has to notice itself when a worker is stuck in a closure that blocks.

use std::time::Duration;

/// A question to a worker that is not answered yet, and when it was asked.
#[derive(Clone, Copy, Default)]
struct Beat {
    asked: Option<(u64, Duration)>,
    ended: bool,
}

/// Asks workers now and then whether they are alive.
pub(super) struct Beats {
    workers: Vec<Beat>,
    interval: Duration,
    limit: Duration,
    next: Duration,
    number: u64,
}

impl Beats {
    pub(super) fn new(workers: usize, limit: Duration, mono: Duration) -> Self {
        let interval = (limit / 10).clamp(Duration::from_millis(10), Duration::from_secs(10));
        Beats { workers: vec![Beat::default(); workers], interval, limit, next: mono, number: 0 }
    }

    /// When the next questions are due, or an answer is overdue.
    pub(super) fn due(&self) -> Duration {
        self.next
    }

    /// The number that the workers are to be asked, and those that are, if it is time.
    pub(super) fn ask(&mut self, mono: Duration) -> Option<(u64, Vec<usize>)> {
        if mono < self.next {
            return None;
        }
        self.next = mono.saturating_add(self.interval);
        self.number += 1;
        let mut asked = Vec::new();
        for (index, beat) in self.workers.iter_mut().enumerate().filter(|(_, beat)| !beat.ended && beat.asked.is_none()) {
            beat.asked = Some((self.number, mono));
            asked.push(index);
        }
        Some((self.number, asked))
    }

    /// A worker has answered.
    pub(super) fn answered(&mut self, worker: usize, number: u64) {
        if let Some(beat) = self.workers.get_mut(worker).filter(|beat| beat.asked.is_some_and(|(asked, _)| asked == number)) {
            beat.asked = None;
        }
    }

    /// A worker has ended: it is not stuck.
    pub(super) fn ended(&mut self, worker: usize) {
        if let Some(beat) = self.workers.get_mut(worker) {
            beat.ended = true;
        }
    }

    /// A worker that has not answered for longer than it may.
    pub(super) fn stuck(&self, mono: Duration) -> Option<usize> {
        let silent = |beat: &Beat| beat.asked.filter(|_| !beat.ended).map_or(Duration::ZERO, |(_, asked)| mono.saturating_sub(asked));
        self.workers.iter().position(|beat| silent(beat) > self.limit)
    }
}
