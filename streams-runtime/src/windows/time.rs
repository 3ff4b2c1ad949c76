//! Windows at fixed places on the time axis: tumbling, hopping, unlimited.

use std::time::Duration;

use super::Window;
use super::custom::WindowError;
use super::durations::duration_ms;
use super::ends::WindowEnds;
use super::frame::Frame;
use crate::operators::{TimeWindowedStream, WindowedCogroup};
use crate::plan::StoreKind;

/// Windows that a grouped stream can be cut into: `.windowed_by(tumbling(minutes(1)))`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says no windows",
    label = "no windows",
    note = "`tumbling(size)`, `hopping(size, advance)`, `sliding(difference)`, `sessions(gap)` and `unlimited()` do, and `custom(windows)` of windows of your own"
)]
pub trait Windows: Clone {
    /// The grouped stream in these windows.
    type Over<K: ?Sized, V: ?Sized>;
    /// The cogroup in these windows.
    type OverCogroup<K, A>;

    /// The handle of a grouped stream in these windows.
    fn over<K: ?Sized, V: ?Sized>(self) -> Self::Over<K, V>;

    /// The handle of a cogroup in these windows.
    fn over_cogroup<K, A>(self) -> Self::OverCogroup<K, A>;

    /// How long a store must keep a window after its start (a session: after its end) so that every record that is not late finds it, in
    /// milliseconds; also what it keeps without `.retention(…)`.
    fn retention_ms(&self) -> i64;

    /// How the end of a window follows from its start, where the bytes of a key have the start
    /// only.
    fn ends(&self) -> Option<WindowEnds>;

    /// How long after the end of a window `suppress` takes it for closed, in milliseconds of stream time, as Kafka Streams does; `None` if windows never
    /// close. A window whose end belongs to it can be changed at that very time still, and has then a second result.
    fn final_after_ms(&self) -> Option<i64>;

    /// What is wrong with them, which the start reports.
    fn problem(&self) -> Option<String> {
        None
    }

    /// Whether it was said how long windows still take records after their end.
    fn has_grace(&self) -> bool {
        true
    }

    /// The kind of store that keeps them so long.
    fn store(&self, retention_ms: i64) -> StoreKind {
        StoreKind::Window { retention_ms }
    }
}

/// Windows of one size that begin at multiples of an advance. Made by [`tumbling`] and [`hopping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindows {
    size_ms: i64,
    offset_ms: i64,
    advance_ms: i64,
    grace_ms: i64,
    has_grace: bool,
}

/// Windows that follow each other: each record is in one. Without [`grace`](TimeWindows::grace) a window closes when the stream time reaches its end.
///
/// Kafka Streams: `TimeWindows.ofSizeWithNoGrace`.
pub const fn tumbling(size: Duration) -> TimeWindows {
    hopping(size, size)
}

/// Windows of this size, one every `advance`, which overlap: each record is in all that contain its time.
///
/// Kafka Streams: `TimeWindows.ofSizeWithNoGrace(size).advanceBy(advance)`. A topology whose windows have no size, or advance by nothing or by
/// more than their size, does not start.
pub const fn hopping(size: Duration, advance: Duration) -> TimeWindows {
    TimeWindows { size_ms: duration_ms(size), offset_ms: 0, advance_ms: duration_ms(advance), grace_ms: 0, has_grace: false }
}

impl TimeWindows {
    /// How long after its end a window still takes records, by the stream time of the operator.
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
        self.size_ms > 0 && self.advance_ms > 0 && self.advance_ms <= self.size_ms
    }

    /// Moves all windows by this much: `tumbling(days(1)).offset(hours(5))` are days that begin at
    /// 5 o'clock UTC. What is beyond an advance is a whole number of windows and has no effect.
    ///
    /// No window begins before the Unix epoch, so records of the first hours of 1970 may be in none.
    /// Kafka Streams has no such option; the windows' bytes are the same.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn days_of_work() -> DaysOfWork {
    ///         let shifts: Stream<u64, String> = stream("shifts");
    ///         let per_day: Table<Windowed<u64>, u64> =
    ///             shifts.group_by_key().windowed_by(tumbling(days(1)).offset(hours(5))).count();
    ///         per_day.to_stream().to("per-day");
    ///     }
    /// }
    ///
    /// let hour_ms = hours(1).as_millis() as i64;
    /// let driver = TestDriver::new(days_of_work())?;
    /// let shifts = driver.input::<u64, str>("shifts")?;
    /// shifts.pipe_at(&7, "late", 24 * hour_ms)?;
    /// let days = driver.window_store(DaysOfWork::PER_DAY)?;
    /// assert_eq!(days.fetch(&7u64, 5 * hour_ms), Some(1));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[must_use]
    pub const fn offset(mut self, offset: Duration) -> Self {
        self.offset_ms = duration_ms(offset);
        self
    }
}

impl TimeWindows {
    /// The start of the first window that begins after the Unix epoch.
    fn first_ms(&self) -> i64 {
        self.offset_ms.checked_rem(self.advance_ms).unwrap_or(0)
    }

    pub(crate) fn frames(&self) -> Frames {
        Frames { first_ms: self.first_ms(), size_ms: self.size_ms, advance_ms: self.advance_ms, grace_ms: self.grace_ms }
    }
}

impl Windows for TimeWindows {
    type Over<K: ?Sized, V: ?Sized> = TimeWindowedStream<K, V>;
    type OverCogroup<K, A> = WindowedCogroup<Self, K, A>;

    fn over<K: ?Sized, V: ?Sized>(self) -> TimeWindowedStream<K, V> {
        TimeWindowedStream::new(self.frames())
    }

    fn over_cogroup<K, A>(self) -> WindowedCogroup<Self, K, A> {
        WindowedCogroup::new(self)
    }

    fn retention_ms(&self) -> i64 {
        self.size_ms.saturating_add(self.grace_ms)
    }

    fn ends(&self) -> Option<WindowEnds> {
        Some(WindowEnds::After(self.size_ms))
    }

    fn problem(&self) -> Option<String> {
        self.frames().problem()
    }

    fn has_grace(&self) -> bool {
        self.has_grace
    }

    fn final_after_ms(&self) -> Option<i64> {
        Some(self.grace_ms)
    }
}

/// One window that never ends. Made by [`unlimited`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnlimitedWindows {
    first_ms: i64,
}

/// One window from time 0 on that never ends.
///
/// Kafka Streams: `UnlimitedWindows.of()`.
pub const fn unlimited() -> UnlimitedWindows {
    UnlimitedWindows { first_ms: 0 }
}

impl UnlimitedWindows {
    /// Begins the window at this time, in milliseconds since the Unix epoch; earlier records are in no window.
    #[must_use]
    pub const fn start_on(mut self, start_ms: i64) -> Self {
        self.first_ms = start_ms;
        self
    }

    #[doc(hidden)]
    pub const fn closes(&self) -> bool {
        false
    }
}

impl UnlimitedWindows {
    pub(crate) fn frames(&self) -> Frames {
        Frames { first_ms: self.first_ms, size_ms: i64::MAX, advance_ms: i64::MAX, grace_ms: 0 }
    }
}

impl Windows for UnlimitedWindows {
    type Over<K: ?Sized, V: ?Sized> = TimeWindowedStream<K, V>;
    type OverCogroup<K, A> = WindowedCogroup<Self, K, A>;

    fn over<K: ?Sized, V: ?Sized>(self) -> TimeWindowedStream<K, V> {
        TimeWindowedStream::new(self.frames())
    }

    fn over_cogroup<K, A>(self) -> WindowedCogroup<Self, K, A> {
        WindowedCogroup::new(self)
    }

    fn retention_ms(&self) -> i64 {
        i64::MAX
    }

    fn ends(&self) -> Option<WindowEnds> {
        Some(WindowEnds::After(i64::MAX))
    }

    fn problem(&self) -> Option<String> {
        self.frames().problem()
    }

    fn final_after_ms(&self) -> Option<i64> {
        None
    }
}

/// Windows of one size, one every advance: those at fixed places in one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Start of the first window.
    first_ms: i64,
    size_ms: i64,
    advance_ms: i64,
    grace_ms: i64,
}

impl Frames {
    /// The starts of the windows that contain a time, in order.
    #[inline]
    fn starts(self, time_ms: i64) -> impl Iterator<Item = i64> {
        let past_ms = time_ms - self.first_ms;
        // A window without an end has none behind it.
        let is_endless = self.size_ms == i64::MAX;
        let last = if is_endless && past_ms >= 0 {
            0
        } else if past_ms < 0 {
            -1
        } else {
            past_ms / self.advance_ms
        };
        // The first whose end lies after the time.
        let first = if is_endless || past_ms < self.size_ms { 0 } else { (past_ms - self.size_ms) / self.advance_ms + 1 };
        (first..=last).map(move |index| self.first_ms + index * self.advance_ms)
    }

    #[inline]
    fn window(&self, start_ms: i64) -> Window {
        Window { start_ms, end_ms: start_ms.saturating_add(self.size_ms) }
    }
}

impl Frame for Frames {
    fn problem(&self) -> Option<String> {
        let Frames { first_ms, size_ms, advance_ms, .. } = *self;
        if size_ms <= 0 {
            return Some("the windows have no size: write at least 1 ms".into());
        }
        if advance_ms <= 0 || advance_ms > size_ms {
            return Some(format!("windows of {size_ms} ms advance by {advance_ms} ms: write at least 1 ms and at most their size"));
        }
        (first_ms < 0).then(|| format!("the window starts at {first_ms} ms, before 1970"))
    }

    #[inline]
    fn size_ms(&self) -> i64 {
        self.size_ms
    }

    #[inline]
    fn grace_ms(&self) -> i64 {
        self.grace_ms
    }

    fn ends(&self) -> WindowEnds {
        WindowEnds::After(self.size_ms)
    }

    #[inline]
    fn find(&mut self, _: i64) -> Result<(), WindowError> {
        Ok(())
    }

    #[inline]
    fn found(&self, time_ms: i64) -> impl Iterator<Item = Window> {
        let frames = *self;
        frames.starts(time_ms).map(move |start_ms| frames.window(start_ms))
    }

    /// One without an end never is.
    #[inline]
    fn is_closed(&self, window: Window, closed_ms: i64) -> bool {
        self.size_ms < i64::MAX && window.end_ms <= closed_ms
    }

    #[inline]
    fn closed_starts_ms(&mut self, closed_ms: i64) -> Result<i64, WindowError> {
        Ok(closed_ms.saturating_sub(self.size_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(size_ms: i64, advance_ms: i64, time_ms: i64) -> Vec<i64> {
        Frames { first_ms: 0, size_ms, advance_ms, grace_ms: 0 }.starts(time_ms).collect()
    }

    #[test]
    fn a_record_is_in_all_windows_that_contain_its_time_and_none_starts_before_0() {
        assert_eq!(starts(100, 100, 99), [0]);
        assert_eq!(starts(100, 100, 100), [100]);
        assert_eq!(starts(90, 30, 0), [0]);
        assert_eq!(starts(90, 30, 89), [0, 30, 60]);
        assert_eq!(starts(90, 30, 90), [30, 60, 90]);
        assert_eq!(starts(100, 30, 100), [30, 60, 90]);
        assert_eq!(starts(100, 30, 129), [30, 60, 90, 120]);
        for time_ms in 0..300 {
            for (size_ms, advance_ms) in [(7, 3), (7, 7), (10, 1), (1, 1)] {
                let all = (0..=time_ms).step_by(advance_ms as usize).filter(|start| start + size_ms > time_ms);
                assert_eq!(starts(size_ms, advance_ms, time_ms), all.collect::<Vec<_>>(), "{size_ms} {advance_ms} {time_ms}");
            }
        }
    }

    #[test]
    fn an_unlimited_window_has_no_end() {
        let frames = Frames { first_ms: 500, size_ms: i64::MAX, advance_ms: i64::MAX, grace_ms: 0 };
        assert_eq!(frames.starts(499).count(), 0);
        assert_eq!(frames.starts(500).collect::<Vec<_>>(), [500]);
        assert_eq!(frames.starts(i64::MAX - 1).collect::<Vec<_>>(), [500]);
        assert_eq!(Frames { first_ms: 0, ..frames }.starts(i64::MAX).collect::<Vec<_>>(), [0]);
        assert_eq!(frames.window(500).end_ms, i64::MAX);
        assert!(!frames.is_closed(frames.window(500), i64::MAX));
        assert_eq!(frames.problem(), None);
    }

    #[test]
    fn windows_that_cannot_be_are_told() {
        let frames = |size_ms, advance_ms| Frames { first_ms: 0, size_ms, advance_ms, grace_ms: 0 }.problem();
        assert!(frames(0, 0).is_some_and(|problem| problem.contains("no size")));
        assert!(frames(10, 0).is_some() && frames(10, 11).is_some());
        assert_eq!(frames(10, 10), None);
    }
}
