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
    /// `None`: there is no such time any more.
    next_ms: Option<i64>,
}

/// The schedules of a task.
#[derive(Debug, Default)]
pub(crate) struct Schedules {
    list: Vec<Schedule>,
    next_id: u32,
    /// When the first stream-time schedule is due: compared with every record.
    next_stream_ms: Option<i64>,
}

impl Schedules {
    pub(crate) fn add_from(&mut self, node: usize, kind: ScheduleKind, start_ms: i64, interval_ms: i64) -> ScheduleId {
        let id = ScheduleId(self.next_id);
        self.next_id += 1;
        self.list.push(Schedule { id, node, kind, interval_ms, next_ms: Some(start_ms) });
        self.look_ahead();
        id
    }

    pub(crate) fn cancel(&mut self, id: ScheduleId) {
        self.list.retain(|s| s.id != id);
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        self.next_stream_ms = self.next_due(ScheduleKind::StreamTime);
    }

    /// When the first schedule of this kind is due.
    pub(crate) fn next_due(&self, kind: ScheduleKind) -> Option<i64> {
        self.list.iter().filter(|s| s.kind == kind).filter_map(|s| s.next_ms).min()
    }

    #[inline]
    pub(crate) fn stream_time_due(&self, stream_time_ms: i64) -> bool {
        self.next_stream_ms.is_some_and(|next_ms| stream_time_ms >= next_ms)
    }

    /// The schedules of this kind that are due, each once, moved on to their next time after `now_ms`. In order of their due times.
    pub(crate) fn take_due(&mut self, kind: ScheduleKind, now_ms: i64) -> Vec<Punctuation> {
        let of_kind = self.list.iter_mut().filter(|s| s.kind == kind);
        let mut due: Vec<(i64, &mut Schedule)> = of_kind.filter_map(|s| Some((s.next_ms.filter(|ms| *ms <= now_ms)?, s))).collect();
        due.sort_by_key(|(due_ms, _)| *due_ms);
        let taken = due
            .into_iter()
            .map(|(due_ms, s)| {
                s.next_ms = next_ms(due_ms, s.interval_ms, now_ms);
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

/// The first time after `now_ms` that is so many intervals after `due_ms`; `None` if it is later
/// than times go.
fn next_ms(due_ms: i64, interval_ms: i64, now_ms: i64) -> Option<i64> {
    let (due_ms, interval_ms) = (i128::from(due_ms), i128::from(interval_ms));
    let passed = (i128::from(now_ms) - due_ms) / interval_ms;
    i64::try_from(due_ms + (passed + 1) * interval_ms).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(start_ms: i64, interval_ms: i64, times_ms: &[i64]) -> Vec<i64> {
        let mut schedules = Schedules::default();
        schedules.add_from(1, ScheduleKind::StreamTime, start_ms, interval_ms);
        let mut called = Vec::new();
        for time_ms in times_ms {
            if schedules.stream_time_due(*time_ms) {
                called.extend(schedules.take_due(ScheduleKind::StreamTime, *time_ms).iter().map(|due| due.time_ms));
            }
            assert!(!schedules.stream_time_due(*time_ms), "one time makes it due once: {time_ms}");
            assert!(schedules.take_due(ScheduleKind::StreamTime, *time_ms).is_empty());
        }
        called
    }

    #[test]
    fn each_time_calls_once_at_the_ends_of_time_too() {
        assert_eq!(calls(0, 1_000, &[5, 6, 999, 1_000, 1_500, 7_000]), [5, 1_000, 7_000]);
        assert_eq!(calls(0, 1_000, &[5, i64::MAX, i64::MAX]), [5, i64::MAX]);
        assert_eq!(calls(0, 1, &[i64::MAX - 1, i64::MAX, i64::MAX]), [i64::MAX - 1, i64::MAX]);
        assert_eq!(calls(i64::MAX, 5, &[i64::MAX - 1, i64::MAX, i64::MAX]), [i64::MAX]);
        assert_eq!(calls(0, i64::MAX, &[0, 7, i64::MAX, i64::MAX]), [0, i64::MAX]);
        assert_eq!(calls(i64::MIN, 10, &[i64::MIN, i64::MAX, i64::MAX]), [i64::MIN, i64::MAX]);
    }

    #[test]
    fn a_schedule_whose_times_are_over_still_stands_until_it_is_cancelled() {
        let mut schedules = Schedules::default();
        let id = schedules.add_from(1, ScheduleKind::WallClock, 5, i64::MAX);
        assert_eq!(schedules.take_due(ScheduleKind::WallClock, 9).len(), 1);
        assert_eq!(schedules.next_due(ScheduleKind::WallClock), None);
        assert!(schedules.stands(id));
        schedules.cancel(id);
        assert!(!schedules.stands(id));
    }
}
