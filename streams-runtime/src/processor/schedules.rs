//! Calls at times: by stream time or by wall clock.

use crate::node::Punctuation;

/// One schedule of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScheduleId(u32);

/// The clock that a schedule goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleKind {
    /// The task's stream time: only records move it.
    StreamTime,
    /// The wall clock.
    WallClock,
}

#[derive(Clone, Copy, Debug)]
struct Schedule {
    id: ScheduleId,
    node: usize,
    kind: ScheduleKind,
    interval_ms: i64,
    next_ms: i64,
}

/// The schedules of a task.
#[derive(Debug)]
pub(crate) struct Schedules {
    list: Vec<Schedule>,
    next_id: u32,
    /// When the first stream-time schedule is due: compared with every record.
    next_stream_ms: i64,
}

impl Default for Schedules {
    fn default() -> Self {
        Schedules { list: Vec::new(), next_id: 0, next_stream_ms: i64::MAX }
    }
}

impl Schedules {
    pub(crate) fn add_from(&mut self, node: usize, kind: ScheduleKind, start_ms: i64, interval_ms: i64) -> ScheduleId {
        let id = ScheduleId(self.next_id);
        self.next_id += 1;
        self.list.push(Schedule { id, node, kind, interval_ms, next_ms: start_ms });
        self.look_ahead();
        id
    }

    pub(crate) fn cancel(&mut self, id: ScheduleId) {
        self.list.retain(|s| s.id != id);
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        self.next_stream_ms = self.next_due(ScheduleKind::StreamTime).unwrap_or(i64::MAX);
    }

    /// When the first schedule of this kind is due.
    pub(crate) fn next_due(&self, kind: ScheduleKind) -> Option<i64> {
        self.list.iter().filter(|s| s.kind == kind).map(|s| s.next_ms).min()
    }

    #[inline]
    pub(crate) fn stream_time_due(&self, stream_time_ms: i64) -> bool {
        stream_time_ms >= self.next_stream_ms
    }

    /// The schedules of this kind that are due, each once, moved on to their next time after `now_ms`. In order of their due times.
    pub(crate) fn take_due(&mut self, kind: ScheduleKind, now_ms: i64) -> Vec<Punctuation> {
        let mut due: Vec<&mut Schedule> = self.list.iter_mut().filter(|s| s.kind == kind && s.next_ms <= now_ms).collect();
        due.sort_by_key(|s| s.next_ms);
        let taken = due
            .into_iter()
            .map(|s| {
                let passed = (now_ms - s.next_ms) / s.interval_ms;
                s.next_ms = s.next_ms.saturating_add(passed.saturating_add(1).saturating_mul(s.interval_ms));
                Punctuation { node: s.node, id: s.id, time_ms: now_ms }
            })
            .collect();
        self.look_ahead();
        taken
    }

    /// Whether a schedule that was taken as due still stands (an earlier one may have cancelled it).
    pub(crate) fn stands(&self, id: ScheduleId) -> bool {
        self.list.iter().any(|s| s.id == id)
    }
}
