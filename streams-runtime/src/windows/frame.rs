//! What windows whose places do not follow from the records are to what aggregates in them.

use super::Window;
use super::custom::WindowError;
use super::ends::WindowEnds;

/// Where windows lie. Operators are compiled for each kind, so that those at fixed places pay
/// nothing for windows of one's own.
pub trait Frame: Clone + 'static {
    /// What is wrong with them.
    fn problem(&self) -> Option<String>;

    /// The length of the longest, in milliseconds; [`i64::MAX`] if one never ends.
    fn size_ms(&self) -> i64;

    /// How long after its end a window still takes records.
    fn grace_ms(&self) -> i64;

    /// How their ends follow from their starts.
    fn ends(&self) -> WindowEnds;

    /// Finds the windows of a time, which [`found`](Self::found) gives until the next call.
    ///
    /// # Errors
    /// When windows of one's own are not as they must be.
    fn find(&mut self, time_ms: i64) -> Result<(), WindowError>;

    /// The windows of a time that was looked for, in the order of their starts. None begins before
    /// 1970.
    fn found(&self, time_ms: i64) -> impl Iterator<Item = Window>;

    /// Whether a window is closed when those that end up to a time are.
    fn is_closed(&self, window: Window, closed_ms: i64) -> bool;

    /// Windows that start up to here end up to this time, and no others do.
    ///
    /// # Errors
    /// When windows of one's own are not as they must be.
    fn closed_starts_ms(&mut self, closed_ms: i64) -> Result<i64, WindowError>;
}
