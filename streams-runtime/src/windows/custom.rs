//! Windows of one's own: calendar months, shifts, whatever tells the windows of a time.

use std::fmt;
use std::time::Duration;

use super::ends::WindowEnds;
use super::frame::Frame;
use super::{Window, Windows, duration_ms};
use crate::operators::{TimeWindowedStream, WindowedCogroup};

/// Windows of one's own: which windows a time is in. [`custom`] makes them windows for
/// `windowed_by`.
///
/// The windows may differ in length, overlap, and leave gaps; a record in a gap is in no window.
/// What is asked of them is looked at whenever they are used, and a record for which they are not
/// so goes to the process handler, with the window:
///
/// - a window has a start and an end that lies behind it; the times from the start up to, but not including, the end are in it;
/// - the windows of a time all contain it, and come in the order of their starts, which differ;
/// - a window that starts later does not end earlier;
/// - a window with a start has one end: the windows of the start contain it too;
/// - no window is longer than [`size_ms`](Self::size_ms).
///
/// The answer must always be the same, since windows are looked up again when they close and when
/// results are read: a time zone's rules, say, must not change under state that was written by
/// older ones. As in Kafka Streams the bytes of a key in a window have the start only. Windows that
/// start before 1970 are left out. What the state was at the last start is compared with what is
/// written for the windows now: `custom(Months)` and `custom(Quarters)` are not the same.
///
/// Kafka Streams: the abstract class `Windows<W>` with `windowsFor(timestamp)` and `size()`; its
/// `gracePeriodMs()` is [`grace`](Custom::grace).
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// /// Days from 6 to 22 o'clock, and the nights between them.
/// #[derive(Clone)]
/// struct DaysAndNights;
///
/// const HOUR_MS: i64 = 3_600_000;
///
/// impl CustomWindows for DaysAndNights {
///     fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
///         let hour = time_ms.div_euclid(HOUR_MS).rem_euclid(24);
///         let midnight_ms = time_ms - time_ms.rem_euclid(24 * HOUR_MS);
///         let [from, to] = match hour {
///             0..6 => [-2, 6],
///             6..22 => [6, 22],
///             _ => [22, 30],
///         };
///         [Window { start_ms: midnight_ms + from * HOUR_MS, end_ms: midnight_ms + to * HOUR_MS }]
///     }
///
///     fn size_ms(&self) -> i64 {
///         16 * HOUR_MS
///     }
/// }
///
/// topology! {
///     fn consumption() -> Consumption {
///         let readings: Stream<u64, u64> = stream("readings");
///         let totals: Table<Windowed<u64>, u64> = readings
///             .group_by_key()
///             .windowed_by(custom(DaysAndNights).grace(minutes(10)))
///             .emit_on_close()
///             .reduce(|total, reading| total + reading);
///         totals.to_stream().to("totals");
///     }
/// }
///
/// let driver = TestDriver::new(consumption())?;
/// let readings = driver.input::<u64, u64>("readings")?;
/// readings.pipe_at(&7, &20, 5 * HOUR_MS)?; // in a night that began before 1970
/// readings.pipe_at(&7, &30, 21 * HOUR_MS)?;
/// readings.pipe_at(&7, &50, 23 * HOUR_MS)?; // the day is over
/// let keys = TimeWindowed::in_windows(BigEndian, DaysAndNights);
/// let totals = driver.output_with::<Windowed<u64>, u64, _, _>("totals", keys, BigEndian).read_all();
/// assert_eq!(totals.len(), 1);
/// let day = Window { start_ms: 6 * HOUR_MS, end_ms: 22 * HOUR_MS };
/// assert_eq!((totals[0].key.window, totals[0].value), (day, 30));
/// # Ok::<(), streams_test::DriverError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` tells no windows: it does not implement `CustomWindows`",
    label = "no windows of its own",
    note = "implement `CustomWindows` for it: `windows_of(&self, time_ms)` gives the windows of a time, `size_ms(&self)` the length of the longest"
)]
pub trait CustomWindows: Clone + Send + Sync + 'static {
    /// The windows that contain a time, in milliseconds since the Unix epoch, in the order of their
    /// starts.
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window>;

    /// The length of the longest window, in milliseconds; [`i64::MAX`] if one never ends. Stores
    /// keep windows for so long and their grace.
    fn size_ms(&self) -> i64;
}

/// Said of types that tell no windows: nothing implements it, so that nothing more is said of what
/// follows.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` tells no windows: it does not implement `CustomWindows`",
    label = "no windows of its own",
    note = "implement `CustomWindows` for it: `windows_of(&self, time_ms)` gives the windows of a time, `size_ms(&self)` the length of the longest"
)]
pub trait TellsWindows {
    /// The windows.
    type Windows;
}

/// What is wrong with what [`CustomWindows::windows_of`] gave.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// A window that the time is not in, or that ends before it begins.
    #[error("{windows}: the window from {} to {} ms does not contain the time {time_ms} ms, for which `windows_of` gave it; its end does not belong to a window", window.start_ms, window.end_ms)]
    NotOfTime {
        /// The type of the windows.
        windows: &'static str,
        /// The window.
        window: Window,
        /// The time.
        time_ms: i64,
    },
    /// A window that is longer than the longest.
    #[error("{windows}: the window from {} to {} ms is longer than {size_ms} ms, which `size_ms` says of the longest", window.start_ms, window.end_ms)]
    TooLong {
        /// The type of the windows.
        windows: &'static str,
        /// The window.
        window: Window,
        /// The length of the longest.
        size_ms: i64,
    },
    /// Windows that do not follow each other.
    #[error("{windows}: `windows_of` gave the window from {} to {} ms behind that from {} to {} ms; they come in the order of their starts, which differ, and none ends before an earlier one", window.start_ms, window.end_ms, before.start_ms, before.end_ms)]
    Order {
        /// The type of the windows.
        windows: &'static str,
        /// The window.
        window: Window,
        /// The one before it.
        before: Window,
    },
    /// A window with two ends.
    #[error("{windows}: the window from {} to {} ms, which `windows_of` gave for the time {time_ms} ms, is not among those that it gives for the window's start", window.start_ms, window.end_ms)]
    TwoEnds {
        /// The type of the windows.
        windows: &'static str,
        /// The window.
        window: Window,
        /// The time.
        time_ms: i64,
    },
    /// Keys in windows of two kinds, which have one start and two ends.
    #[error("a key's window starts at {} ms, and ends at {} or at {} ms: these are keys in windows of several kinds, whose ends their bytes do not tell; keep their tables apart", window.start_ms, window.end_ms, other.end_ms)]
    TwoKinds {
        /// The window of one kind.
        window: Window,
        /// That of the other.
        other: Window,
    },
    /// A start that no window has.
    #[error("{windows}: `windows_of` gives no window that starts at {start_ms} ms; were the windows others when it was written?")]
    NoWindow {
        /// The type of the windows.
        windows: &'static str,
        /// The start.
        start_ms: i64,
    },
}

crate::error::debug_is_display!(WindowError);

/// The name of a type, without its modules.
fn name<W>() -> &'static str {
    let name = std::any::type_name::<W>();
    let end = name.find('<').unwrap_or(name.len());
    name[..end].rfind("::").map_or(name, |at| &name[at + 2..])
}

/// Whether a time may be in a window that comes behind another one.
fn check<W: CustomWindows>(window: Window, time_ms: i64, before: Option<Window>, size_ms: i64) -> Result<(), WindowError> {
    let windows = name::<W>();
    if time_ms < window.start_ms || window.end_ms <= time_ms {
        return Err(WindowError::NotOfTime { windows, window, time_ms });
    }
    if window.end_ms.saturating_sub(window.start_ms) > size_ms {
        return Err(WindowError::TooLong { windows, window, size_ms });
    }
    match before {
        Some(before) if window.start_ms <= before.start_ms || window.end_ms < before.end_ms => {
            Err(WindowError::Order { windows, window, before })
        }
        _ => Ok(()),
    }
}

/// The window with this start.
pub(super) fn window_at<W: CustomWindows>(windows: &W, start_ms: i64) -> Result<Window, WindowError> {
    let found = windows.windows_of(start_ms).into_iter().find(|window| window.start_ms == start_ms);
    let window = found.ok_or(WindowError::NoWindow { windows: name::<W>(), start_ms })?;
    check::<W>(window, start_ms, None, windows.size_ms())?;
    Ok(window)
}

/// Windows of one's own. Made by [`custom`].
#[derive(Clone, Copy)]
pub struct Custom<W> {
    windows: W,
    grace_ms: i64,
    has_grace: bool,
}

impl<W> fmt::Debug for Custom<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", name::<W>())
    }
}

/// Windows of one's own for `windowed_by`: see [`CustomWindows`]. Without [`grace`](Custom::grace)
/// a window closes when the stream time reaches its end.
///
/// Kafka Streams: `windowedBy(Windows<W>)`. A topology whose windows have no size does not start.
pub const fn custom<W>(windows: W) -> Custom<W> {
    Custom { windows, grace_ms: 0, has_grace: false }
}

impl<W> Custom<W> {
    /// How long after its end a window still takes records, by the stream time of the operator.
    ///
    /// Kafka Streams: `Windows.gracePeriodMs`.
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
}

impl<W: CustomWindows> Custom<W> {
    pub(crate) fn frames(self) -> CustomFrames<W> {
        CustomFrames {
            size_ms: self.windows.size_ms(),
            grace_ms: self.grace_ms,
            windows: self.windows,
            found: Vec::new(),
            checked: Vec::new(),
        }
    }
}

impl<W: CustomWindows> Windows for Custom<W> {
    type Over<K: ?Sized, V: ?Sized> = TimeWindowedStream<K, V, CustomFrames<W>>;
    type OverCogroup<K, A> = WindowedCogroup<Self, K, A>;

    fn over<K: ?Sized, V: ?Sized>(self) -> TimeWindowedStream<K, V, CustomFrames<W>> {
        TimeWindowedStream::new(self.frames())
    }

    fn over_cogroup<K, A>(self) -> WindowedCogroup<Self, K, A> {
        WindowedCogroup::new(self)
    }

    fn retention_ms(&self) -> i64 {
        self.windows.size_ms().saturating_add(self.grace_ms)
    }

    fn ends(&self) -> Option<WindowEnds> {
        Some(WindowEnds::of(self.windows.clone()))
    }

    fn final_after_ms(&self) -> Option<i64> {
        (self.windows.size_ms() < i64::MAX).then_some(self.grace_ms)
    }

    fn problem(&self) -> Option<String> {
        problem::<W>(self.windows.size_ms())
    }

    fn has_grace(&self) -> bool {
        self.has_grace
    }
}

fn problem<W>(size_ms: i64) -> Option<String> {
    (size_ms <= 0).then(|| format!("the longest window of {} has {size_ms} ms: `size_ms` must say at least 1", name::<W>()))
}

/// Windows of one's own at work.
#[derive(Clone)]
pub struct CustomFrames<W> {
    windows: W,
    size_ms: i64,
    grace_ms: i64,
    /// Those of the time that was looked for last.
    found: Vec<Window>,
    /// Those whose starts were asked for their ends: the ones found before.
    checked: Vec<Window>,
}

impl<W> fmt::Debug for CustomFrames<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", name::<W>())
    }
}

impl<W: CustomWindows> Frame for CustomFrames<W> {
    fn problem(&self) -> Option<String> {
        problem::<W>(self.size_ms)
    }

    fn size_ms(&self) -> i64 {
        self.size_ms
    }

    fn grace_ms(&self) -> i64 {
        self.grace_ms
    }

    fn ends(&self) -> WindowEnds {
        WindowEnds::of(self.windows.clone())
    }

    fn find(&mut self, time_ms: i64) -> Result<(), WindowError> {
        std::mem::swap(&mut self.found, &mut self.checked);
        self.found.clear();
        let mut before = None;
        for window in self.windows.windows_of(time_ms) {
            // What is found of a time that fails is nothing.
            let checked = check::<W>(window, time_ms, before, self.size_ms).and_then(|()| {
                let known = window.start_ms < 0 || self.checked.contains(&window);
                if known || window_at(&self.windows, window.start_ms) == Ok(window) {
                    return Ok(());
                }
                Err(WindowError::TwoEnds { windows: name::<W>(), window, time_ms })
            });
            if let Err(error) = checked {
                self.found.clear();
                return Err(error);
            }
            before = Some(window);
            if window.start_ms >= 0 {
                self.found.push(window);
            }
        }
        Ok(())
    }

    #[inline]
    fn found(&self, _: i64) -> impl Iterator<Item = Window> {
        self.found.iter().copied()
    }

    #[inline]
    fn is_closed(&self, window: Window, closed_ms: i64) -> bool {
        window.end_ms < i64::MAX && window.end_ms <= closed_ms
    }

    fn closed_starts_ms(&mut self, closed_ms: i64) -> Result<i64, WindowError> {
        if closed_ms < 0 {
            return Ok(closed_ms);
        }
        // Of the windows that have begun, those that contain the time are open, and the others are
        // over. Since no window ends before an earlier one, the open ones come last.
        self.find(closed_ms)?;
        Ok(self.found.first().map_or(closed_ms, |window| window.start_ms - 1))
    }
}

#[cfg(test)]
mod tests;
