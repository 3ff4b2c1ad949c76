//! Sessions: windows that grow with the records of a key, and end where there is a gap between them.

use std::time::Duration;

use super::durations::duration_ms;
use super::{WindowEnds, Windows};
use crate::operators::{SessionWindowedStream, WindowedCogroup};
use crate::plan::StoreKind;

/// A span of event time from the first record of a session to its last, in milliseconds since the Unix epoch. Both belong to it, as in
/// Kafka Streams' `SessionWindow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionWindow {
    /// Time of its first record.
    pub start_ms: i64,
    /// Time of its last record.
    pub end_ms: i64,
}

impl SessionWindow {
    /// The session of one record.
    pub(crate) fn at(time_ms: i64) -> Self {
        SessionWindow { start_ms: time_ms, end_ms: time_ms }
    }

    /// The smallest session that spans both.
    #[must_use]
    pub(crate) fn merge(self, other: Self) -> Self {
        SessionWindow { start_ms: self.start_ms.min(other.start_ms), end_ms: self.end_ms.max(other.end_ms) }
    }
}

/// Sessions that end with a gap. Made by [`sessions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionWindows {
    pub(crate) gap_ms: i64,
    pub(crate) grace_ms: i64,
    pub(crate) has_grace: bool,
}

/// Records of a key that follow each other within `gap` (the gap itself included) are one session: a record begins a session, lengthens one,
/// or joins several into one. Without [`grace`](SessionWindows::grace) a session closes when the stream time is more than the gap after its end.
/// [`SessionWindowedStream`] says what becomes of a record at exactly that time.
///
/// Kafka Streams: `SessionWindows.ofInactivityGapWithNoGrace`. A topology whose sessions have no gap does not start.
pub const fn sessions(gap: Duration) -> SessionWindows {
    SessionWindows { gap_ms: duration_ms(gap), grace_ms: 0, has_grace: false }
}

impl SessionWindows {
    /// How long after the gap a session still takes records, by the stream time of the operator.
    ///
    /// Kafka Streams: `SessionWindows.ofInactivityGapAndGrace`.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace_ms = duration_ms(grace);
        self.has_grace = true;
        self
    }

    #[doc(hidden)]
    pub const fn closes(&self) -> bool {
        self.has_grace
    }

    #[doc(hidden)]
    pub const fn can_be(&self) -> bool {
        self.gap_ms > 0
    }

    /// How long after the end of a session it closes; also how long a store must keep it.
    pub(crate) const fn closes_after_ms(&self) -> i64 {
        self.gap_ms.saturating_add(self.grace_ms)
    }

    /// What is wrong with them.
    pub(crate) fn problem(&self) -> Option<String> {
        (self.gap_ms <= 0).then(|| "the sessions have no gap: write at least 1 ms".into())
    }
}

impl Windows for SessionWindows {
    type Over<K: ?Sized, V: ?Sized> = SessionWindowedStream<K, V>;
    type OverCogroup<K, A> = WindowedCogroup<Self, K, A>;

    fn over<K: ?Sized, V: ?Sized>(self) -> SessionWindowedStream<K, V> {
        SessionWindowedStream::new(self)
    }

    fn over_cogroup<K, A>(self) -> WindowedCogroup<Self, K, A> {
        WindowedCogroup::new(self)
    }

    fn retention_ms(&self) -> i64 {
        self.closes_after_ms()
    }

    fn ends(&self) -> Option<WindowEnds> {
        None
    }

    fn problem(&self) -> Option<String> {
        SessionWindows::problem(self)
    }

    fn has_grace(&self) -> bool {
        self.has_grace
    }

    fn final_after_ms(&self) -> Option<i64> {
        Some(self.closes_after_ms())
    }

    fn store(&self, retention_ms: i64) -> StoreKind {
        StoreKind::Session { retention_ms }
    }
}
