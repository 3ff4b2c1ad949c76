//! Time and turns of the machines: they are told what time it is, and answer when they want to be
//! asked again.

use std::time::Duration;

/// A moment, as the parts of an application are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since some start; never goes back.
    pub mono: Duration,
    /// The wall clock, in milliseconds since the Unix epoch. It may be set at any time.
    pub wall_ms: i64,
}

/// When a part of an application wants its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// At once: there is more to do.
    Again,
    /// At this monotonic time, or when its waker is called.
    At(Duration),
    /// Never: the part has ended.
    Ended,
}

/// A time from now; one that no clock reaches is far away.
pub(super) fn later(now: Duration, interval: Duration) -> Duration {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.saturating_add(interval.min(FAR))
}
