//! Windows that lie where the records do.

use std::time::Duration;

use super::durations::duration_ms;
use super::{WindowEnds, Windows};
use crate::operators::{SlidingWindowedStream, WindowedCogroup};

/// Windows around records that are not further apart than a difference. Made by [`sliding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlidingWindows {
    pub(crate) difference_ms: i64,
    pub(crate) grace_ms: i64,
    pub(crate) has_grace: bool,
}

/// Windows of the records of a key that are at most `difference` apart: one for each set of them that a span of that length can hold.
/// A window ends with a record, or begins one millisecond after one; both its ends belong to it. Records of the first `difference` of time share the
/// window from 0 on. Without [`grace`](SlidingWindows::grace) a window closes when the stream time has passed its end.
///
/// Kafka Streams: `SlidingWindows.ofTimeDifferenceWithNoGrace`.
pub const fn sliding(difference: Duration) -> SlidingWindows {
    SlidingWindows { difference_ms: duration_ms(difference), grace_ms: 0, has_grace: false }
}

impl SlidingWindows {
    /// How long after its end a window still takes records, by the stream time of the operator.
    ///
    /// Kafka Streams: `SlidingWindows.ofTimeDifferenceAndGrace`.
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
        true
    }

    /// How long a window must be kept after its start. A record looks for windows that end before it, since it may share their records. At
    /// least a millisecond: with none at all, which is what Kafka Streams takes where there is neither difference nor grace, no window is ever found again.
    pub(crate) const fn least_retention_ms(&self) -> i64 {
        let least_ms = self.difference_ms.saturating_mul(2).saturating_add(self.grace_ms);
        if least_ms < 1 { 1 } else { least_ms }
    }
}

impl Windows for SlidingWindows {
    type Over<K: ?Sized, V: ?Sized> = SlidingWindowedStream<K, V>;
    type OverCogroup<K, A> = WindowedCogroup<Self, K, A>;

    fn over<K: ?Sized, V: ?Sized>(self) -> SlidingWindowedStream<K, V> {
        SlidingWindowedStream::new(self)
    }

    fn over_cogroup<K, A>(self) -> WindowedCogroup<Self, K, A> {
        WindowedCogroup::new(self)
    }

    fn retention_ms(&self) -> i64 {
        self.least_retention_ms()
    }

    fn ends(&self) -> Option<WindowEnds> {
        Some(WindowEnds::After(self.difference_ms))
    }

    fn has_grace(&self) -> bool {
        self.has_grace
    }

    fn final_after_ms(&self) -> Option<i64> {
        Some(self.grace_ms)
    }
}
