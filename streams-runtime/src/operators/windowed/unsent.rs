//! Results on close that the wall clock lets go before: `.emit_on_close().flush_after(duration)`.

use std::collections::BTreeSet;
use std::time::Duration;

use hashbrown::{HashMap, HashSet};

use crate::context::Context;
use crate::node::Punctuation;
use crate::processor::{ScheduleId, ScheduleKind};
use crate::windows::duration_ms;

/// When the results of windows are sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sending {
    /// When a window closes, instead of with each change.
    pub(super) on_close: bool,
    /// On close, or when a window has been waiting for so long by the wall clock.
    pub(super) flush_after_ms: Option<i64>,
}

impl Sending {
    pub(super) fn on_close(mut self) -> Self {
        self.on_close = true;
        self
    }

    pub(super) fn flush_after(mut self, duration: Duration) -> Self {
        self.flush_after_ms = Some(duration_ms(duration));
        self
    }

    /// What waits, for a node that sends on close and looks at the clock.
    pub(super) fn unsent(self, number: impl FnOnce() -> usize) -> Option<Box<Unsent>> {
        let flush_after_ms = self.flush_after_ms.filter(|_| self.on_close)?;
        Some(Box::new(Unsent {
            flush_after_ms,
            number: number(),
            schedule: None,
            waiting: HashMap::new(),
            by_arrival: BTreeSet::new(),
            sent: HashSet::new(),
        }))
    }
}

/// The rows of a store whose windows have not closed: which wait, since when, and which were sent
/// as they are now.
#[derive(Debug)]
pub(in crate::operators) struct Unsent {
    flush_after_ms: i64,
    /// Of the node, for its schedule.
    number: usize,
    schedule: Option<ScheduleId>,
    /// When each row that waits came, by the wall clock.
    waiting: HashMap<Box<[u8]>, i64>,
    by_arrival: BTreeSet<(i64, Box<[u8]>)>,
    /// Rows that were sent and have not changed since.
    sent: HashSet<Box<[u8]>>,
}

impl Unsent {
    /// A row was put. It waits from now on, unless it does already.
    pub(super) fn put(&mut self, row: &[u8], cx: &mut Context) {
        self.sent.remove(row);
        if !self.waiting.contains_key(row) {
            self.waiting.insert(row.into(), cx.wall_clock_ms);
            self.by_arrival.insert((cx.wall_clock_ms, row.into()));
        }
        self.watch_the_clock(cx);
    }

    /// A row is gone: it closes, or has become a part of another one. Whether it is still to be
    /// sent.
    pub(super) fn remove(&mut self, row: &[u8]) -> bool {
        if let Some((row, arrived_ms)) = self.waiting.remove_entry(row) {
            self.by_arrival.remove(&(arrived_ms, row));
        }
        !self.sent.remove(row)
    }

    /// The schedule of this node, if it is the one that is due; the time of now.
    pub(super) fn takes(&self, due: &mut Option<Punctuation>) -> Option<i64> {
        due.take_if(|due| due.node == self.number).map(|due| due.time_ms)
    }

    /// The rows that have waited long enough, in the order in which they came; they count as sent.
    pub(super) fn take_due(&mut self, now_ms: i64, cx: &mut Context) -> Vec<Box<[u8]>> {
        if let Some(schedule) = self.schedule.take() {
            cx.schedules.cancel(schedule);
        }
        let until_ms = now_ms.saturating_sub(self.flush_after_ms);
        let mut due = Vec::new();
        while self.by_arrival.first().is_some_and(|(arrived_ms, _)| *arrived_ms <= until_ms)
            && let Some((_, row)) = self.by_arrival.pop_first()
        {
            self.waiting.remove(&row);
            self.sent.insert(row.clone());
            due.push(row);
        }
        self.watch_the_clock(cx);
        due
    }

    /// Sees to it that the wall clock is looked at when the row that is there longest has waited
    /// long enough.
    fn watch_the_clock(&mut self, cx: &mut Context) {
        if self.schedule.is_none()
            && let Some((first_ms, _)) = self.by_arrival.first()
        {
            let due_ms = first_ms.saturating_add(self.flush_after_ms);
            // Each is for one time.
            self.schedule = Some(cx.schedules.add_from(self.number, ScheduleKind::WallClock, due_ms, i64::MAX));
        }
    }
}
