//! Short words for durations.

use std::time::Duration;

const MINUTE_S: u64 = 60;

/// So many milliseconds.
///
/// ```
/// use streams_runtime::prelude::*;
/// assert_eq!((millis(60_000), seconds(3_600), hours(24)), (minutes(1), hours(1), days(1)));
/// ```
pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// So many seconds.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// So many minutes.
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(MINUTE_S))
}

/// So many hours.
pub const fn hours(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60 * MINUTE_S))
}

/// So many days of 24 hours.
pub const fn days(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(24 * 60 * MINUTE_S))
}

/// Whole milliseconds; what is longer than there are is cut.
pub(crate) const fn duration_ms(duration: Duration) -> i64 {
    let ms = duration.as_millis();
    if ms > i64::MAX as u128 { i64::MAX } else { ms as i64 }
}
