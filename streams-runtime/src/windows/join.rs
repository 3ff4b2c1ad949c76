//! Which records of two streams are near enough in time to be joined.

use std::time::Duration;

use super::durations::duration_ms;

/// How far apart in time two records may be that a join of streams brings together. Made by [`within`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinWindows {
    before_ms: i64,
    after_ms: i64,
    grace_ms: i64,
    has_grace: bool,
}

/// Records whose times differ by no more than this, whichever comes first; both ends belong to it.
///
/// Kafka Streams: `JoinWindows.ofTimeDifferenceWithNoGrace`.
pub const fn within(difference: Duration) -> JoinWindows {
    let difference_ms = duration_ms(difference);
    JoinWindows { before_ms: difference_ms, after_ms: difference_ms, grace_ms: 0, has_grace: false }
}

/// What a join of streams takes for its windows: [`JoinWindows`] alone.
#[diagnostic::on_unimplemented(
    message = "join: `{Self}` says no windows of a join of streams",
    label = "no windows of a join",
    note = "`within(difference)` does: it says how far apart in time two records may be"
)]
pub trait IntoJoinWindows: Copy {
    /// The windows.
    fn into_join_windows(self) -> JoinWindows;
}

impl IntoJoinWindows for JoinWindows {
    fn into_join_windows(self) -> JoinWindows {
        self
    }
}

impl JoinWindows {
    /// How much earlier than the left record the right one may be.
    #[must_use]
    pub const fn before(self, before: Duration) -> Self {
        self.before_ms(duration_ms(before))
    }

    /// How much later than the left record the right one may be.
    #[must_use]
    pub const fn after(self, after: Duration) -> Self {
        self.after_ms(duration_ms(after))
    }

    /// [`before`](Self::before) in milliseconds. A negative number means that the right record must be later by at least so much.
    ///
    /// A topology whose windows end before they begin does not start.
    #[must_use]
    pub const fn before_ms(mut self, before_ms: i64) -> Self {
        self.before_ms = before_ms;
        self
    }

    /// [`after`](Self::after) in milliseconds. A negative number means that the right record must be earlier by at least so much:
    /// `within(seconds(60)).after_ms(-20_000)` are those from 60 to 20 seconds before the left record.
    ///
    /// Records are kept for the width of the windows and their grace, as in Kafka Streams, so windows that lie apart from the record need a
    /// grace of at least that distance, or the earliest partners are gone.
    #[must_use]
    pub const fn after_ms(mut self, after_ms: i64) -> Self {
        self.after_ms = after_ms;
        self
    }

    /// How long after the end of a record's window its partner may still come, by the stream time
    /// of the join: so much longer are records kept.
    ///
    /// A left or outer join sends a record that found no partner when the window and the grace are
    /// over, if the record came before its window had ended. One that comes after that is sent at
    /// once, as in Kafka Streams, although the grace goes on: a partner that comes then is joined
    /// with it as well. With `.hold_unmatched()` behind the join it waits, too.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace_ms = duration_ms(grace);
        self.has_grace = true;
        self
    }

    #[doc(hidden)]
    pub const fn can_be(&self) -> bool {
        self.before_ms.saturating_add(self.after_ms) >= 0
    }

    /// Whether it was said how long records wait after the end of their windows.
    pub(crate) fn has_grace(&self) -> bool {
        self.has_grace
    }

    /// How long a record is kept after its time, in milliseconds of stream time.
    ///
    /// Windows of no width and no grace would be kept for no time at all, and in Kafka Streams find nothing; here they are kept for 1 ms, so
    /// that records of the same time meet.
    pub(crate) fn retention_ms(&self) -> i64 {
        self.before_ms.saturating_add(self.after_ms).saturating_add(self.grace_ms).max(1)
    }

    /// What is wrong with them.
    pub(crate) fn problem(&self) -> Option<String> {
        let JoinWindows { before_ms, after_ms, .. } = *self;
        (before_ms.saturating_add(after_ms) < 0)
            .then(|| format!("the windows end before they begin: from {before_ms} ms before a record to {after_ms} ms after it"))
    }

    /// As records of the left stream see them.
    pub(crate) fn of_left(&self) -> Reach {
        Reach { before_ms: self.before_ms, after_ms: self.after_ms, grace_ms: self.grace_ms }
    }

    /// As records of the right stream see them.
    pub(crate) fn of_right(&self) -> Reach {
        Reach { before_ms: self.after_ms, after_ms: self.before_ms, grace_ms: self.grace_ms }
    }
}

/// How far a record reaches back and ahead for those of the other side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    before_ms: i64,
    after_ms: i64,
    grace_ms: i64,
}

impl Reach {
    /// The times of the records that one of this time is joined with, both ends included.
    pub(crate) fn around(&self, time_ms: i64) -> (i64, i64) {
        (time_ms.saturating_sub(self.before_ms), self.end_ms(time_ms))
    }

    /// The last time of a partner.
    pub(crate) fn end_ms(&self, time_ms: i64) -> i64 {
        time_ms.saturating_add(self.after_ms)
    }

    /// Whether at this stream time the window of a record is closed.
    pub(crate) fn is_closed(&self, time_ms: i64, stream_time_ms: i64) -> bool {
        self.end_ms(time_ms).saturating_add(self.grace_ms) < stream_time_ms
    }

    /// Whether records of the same time are joined.
    pub(crate) fn contains_itself(&self) -> bool {
        self.before_ms >= 0 && self.after_ms >= 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::{millis, seconds};

    #[test]
    fn the_sides_see_the_windows_the_other_way_round() {
        let windows = within(millis(60)).after_ms(-20).grace(millis(5));
        assert_eq!(windows.of_left().around(100), (40, 80));
        assert_eq!(windows.of_right().around(100), (120, 160));
        assert_eq!(windows.retention_ms(), 45);
        assert!(!windows.of_left().is_closed(100, 85) && windows.of_left().is_closed(100, 86));
        assert!(!windows.of_left().contains_itself() && within(millis(0)).of_left().contains_itself());
        assert_eq!(within(seconds(1)).before(millis(3)).of_left().around(10), (7, 1010));
    }

    #[test]
    fn windows_that_cannot_be_are_told() {
        assert_eq!(within(millis(0)).problem(), None);
        assert_eq!(within(millis(60)).after_ms(-60).problem(), None);
        assert!(within(millis(60)).after_ms(-61).problem().is_some_and(|problem| problem.contains("from 60 ms before a record to -61 ms")));
        assert_eq!(within(millis(0)).retention_ms(), 1);
        assert_eq!(within(Duration::MAX).grace(Duration::MAX).retention_ms(), i64::MAX);
    }
}
