//! Which sliding windows a record goes into, and which it makes.
//!
//! The windows of a key are those that end with one of its records, and those that begin one millisecond after one and hold a later one.
//! A record at `t` therefore goes into every window around `t` that is there, makes the one that ends at `t`, the one that begins after the record before it,
//! and, if there are later records already, the one that begins at `t + 1`. What a new window holds besides the record is the value of a window next to it.

use std::ops::RangeInclusive;

use super::rows::WindowRows;
use super::state::{From, WindowedState};
use super::unsent::Sending;
use crate::codec::StreamData;
use crate::context::{ClosedPlace, Context, RecordContext};
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::node::{Punctuation, PushChange};
use crate::task::TaskBuilder;
use crate::windows::{SlidingWindows, Window, WindowEnds, Windowed};

/// Stands for the start of a window without a row; no window begins before time 0.
const NO_ROW: i64 = -1;

/// A store of sliding windows at work.
pub struct SlidingRows<K: StreamData, V> {
    state: WindowedState<K, V>,
    windows: SlidingWindows,
    /// Windows are sent when they close.
    on_close: Option<ClosedPlace>,
    /// Starts of the windows near the record at hand.
    starts: Vec<i64>,
}

/// What the window that ends with a record holds when it is made.
enum Left<V> {
    Exists,
    Inherits(Option<V>),
}

/// Where the updates go, with what is the same for all of them.
struct Update<'a, N, F> {
    /// Of the operator.
    stream_time_ms: i64,
    /// Windows that end before this time are closed.
    close_ms: i64,
    next: &'a mut N,
    /// The closure sees the context.
    sees_cx: bool,
    fold: F,
}

impl<K, V> SlidingRows<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(b: &mut TaskBuilder<'_>, name: &str, windows: SlidingWindows, sending: Sending) -> Self {
        let state = WindowedState::new(b, name, WindowEnds::After(windows.difference_ms), windows.least_retention_ms(), sending);
        let on_close = sending.on_close.then(|| b.sends_closed(name));
        SlidingRows { state, windows, on_close, starts: Vec::new() }
    }

    /// A record after the first `difference` of time. The windows near it are gone through from the latest back.
    fn take_near<N, F>(&mut self, record_ms: i64, update: &mut Update<'_, N, F>, cx: &mut Context) -> Flow
    where
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        let difference_ms = self.windows.difference_ms;
        let from_ms = record_ms.saturating_sub(difference_ms.saturating_mul(2)).max(0);
        let mut starts = std::mem::take(&mut self.starts);
        self.state.starts(from_ms..=record_ms.saturating_add(1), &mut starts, cx);
        let mut right_exists = false;
        // Value and time of what the window behind the record holds, if it is still to be made.
        let mut right = None;
        let mut left = Left::Inherits(None);
        let mut previous_ms = None;
        let mut latest = true;
        let mut seen = starts.len();
        while let Some(index) = seen.checked_sub(1) {
            seen = index;
            let start_ms = starts[index];
            let Some(row_ms) = self.state.row_ms(start_ms, cx)? else {
                starts[index] = NO_ROW;
                continue;
            };
            let end_ms = start_ms.saturating_add(difference_ms);
            if start_ms > record_ms {
                right_exists = true;
            } else if end_ms > record_ms {
                // The latest window around the record holds all later records that the window behind it would hold.
                if std::mem::take(&mut latest) && !right_exists && row_ms > record_ms {
                    right = self.state.value(start_ms, cx)?.map(|value| (value, row_ms));
                }
                self.update(start_ms, From::Row, update, cx)?;
            } else if end_ms == record_ms {
                left = Left::Exists;
                self.update(start_ms, From::Row, update, cx)?;
                if row_ms >= record_ms {
                    // There was a record at this time: all windows that it makes are there.
                    self.starts = starts;
                    return Ok(());
                }
                previous_ms = Some(row_ms);
            } else {
                previous_ms = Some(row_ms);
                if row_ms >= record_ms.saturating_sub(difference_ms) && matches!(left, Left::Inherits(_)) {
                    left = Left::Inherits(self.state.value(start_ms, cx)?);
                }
                break;
            }
        }
        let behind_previous_ms = previous_ms
            .map(|previous_ms| previous_ms.saturating_add(1))
            .filter(|start_ms| start_ms.saturating_add(difference_ms) >= record_ms && !starts[seen..].contains(start_ms));
        self.starts = starts;
        if let Some(start_ms) = behind_previous_ms {
            self.update(start_ms, From::New(None), update, cx)?;
        }
        // It may be the window that was just made; then it is sent twice.
        if let Left::Inherits(value) = left {
            self.update(record_ms.saturating_sub(difference_ms), From::New(value), update, cx)?;
        }
        self.make_right(record_ms, right, update, cx)
    }

    /// A record of the first `difference` of time, whose own window would begin before time 0: all such records share the window that begins there.
    fn take_early<N, F>(&mut self, record_ms: i64, update: &mut Update<'_, N, F>, cx: &mut Context) -> Flow
    where
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        let starts = self.with_rows(0..=record_ms.saturating_add(1), cx)?;
        let right_exists = starts.last() == Some(&record_ms.saturating_add(1));
        let latest = starts.iter().copied().rfind(|start_ms| (1..=record_ms).contains(start_ms));
        let mut right = None;
        let mut shared_ms = None;
        for start_ms in starts.iter().copied().filter(|start_ms| *start_ms <= record_ms) {
            let Some(row_ms) = self.state.row_ms(start_ms, cx)? else { continue };
            if start_ms == 0 {
                shared_ms = Some(row_ms);
                continue;
            }
            if Some(start_ms) == latest && !right_exists && row_ms > record_ms {
                right = self.state.value(start_ms, cx)?.map(|value| (value, row_ms));
            }
            self.update(start_ms, From::Row, update, cx)?;
        }
        // Without a window that begins between, all that the shared one holds is later than this record, or nothing is.
        if let (None, None, false, Some(row_ms)) = (latest, &right, right_exists, shared_ms)
            && row_ms > record_ms
        {
            right = self.state.value(0, cx)?.map(|value| (value, row_ms));
        }
        let previous_ms = shared_ms.filter(|row_ms| *row_ms < record_ms);
        let behind_previous_ms = previous_ms.map(|previous_ms| previous_ms.saturating_add(1));
        let behind_previous_ms = behind_previous_ms.filter(|start_ms| starts.binary_search(start_ms).is_err());
        self.starts = starts;
        self.make_right(record_ms, right, update, cx)?;
        if let Some(start_ms) = behind_previous_ms {
            self.update(start_ms, From::New(None), update, cx)?;
        }
        self.update(0, From::Row, update, cx)
    }

    /// The starts of the key's windows within a range that have rows, ascending.
    fn with_rows(&mut self, within_ms: RangeInclusive<i64>, cx: &mut Context) -> Result<Vec<i64>, Box<TaskError>> {
        let mut starts = std::mem::take(&mut self.starts);
        self.state.starts(within_ms, &mut starts, cx);
        let mut failed = None;
        starts.retain(|start_ms| match self.state.row_ms(*start_ms, cx) {
            Ok(row_ms) => row_ms.is_some(),
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        match failed {
            None => Ok(starts),
            Some(error) => Err(error),
        }
    }

    /// Makes the window that begins after the record, of what is there already.
    fn make_right<N, F>(&mut self, record_ms: i64, right: Option<(V, i64)>, update: &mut Update<'_, N, F>, cx: &mut Context) -> Flow
    where
        N: PushChange<Windowed<K>, V>,
    {
        let Some((value, row_ms)) = right else { return Ok(()) };
        self.state.put(record_ms.saturating_add(1), value, row_ms, cx)?;
        if self.on_close.is_some() { Ok(()) } else { self.state.flush_if_full(update.next, cx) }
    }

    /// The window with this start.
    fn window(&self, start_ms: i64) -> Window {
        Window { start_ms, end_ms: start_ms.saturating_add(self.windows.difference_ms) }
    }

    /// Takes the record into one window, unless that is closed.
    fn update<N, F>(&mut self, start_ms: i64, from: From<V>, update: &mut Update<'_, N, F>, cx: &mut Context) -> Flow
    where
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        if start_ms.saturating_add(self.windows.difference_ms) < update.close_ms {
            return self.state.drop_late(self.window(start_ms), update.stream_time_ms, cx);
        }
        self.state.update(start_ms, from, cx, update.sees_cx, &mut update.fold)?;
        if self.on_close.is_some() { Ok(()) } else { self.state.flush_if_full(update.next, cx) }
    }
}

impl<K, V> WindowRows<K, V> for SlidingRows<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    const DROPS_NULL_VALUES: bool = true;

    fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        self.state.drop_record(reason, cx)
    }

    #[inline]
    fn assume_old(&mut self, cx: &mut Context, initial: impl FnOnce(&mut RecordContext) -> Option<V>) {
        self.state.assume_old(cx, initial);
    }

    fn take<Q, N, F>(&mut self, key: &Q, stream_time_ms: &mut i64, next: &mut N, cx: &mut Context, sees_cx: bool, fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        if !self.state.begin(key, cx)? {
            return Ok(());
        }
        let record_ms = cx.timestamp_ms;
        *stream_time_ms = record_ms.max(*stream_time_ms);
        if let Some(place) = self.on_close {
            *stream_time_ms = cx.closed.stream_time_ms(place, self.windows.grace_ms).max(*stream_time_ms);
        }
        let close_ms = stream_time_ms.saturating_sub(self.windows.grace_ms);
        let SlidingWindows { difference_ms, .. } = self.windows;
        // Even the last window that could hold it is closed.
        if record_ms.checked_add(1).and_then(|next_ms| next_ms.checked_add(difference_ms)).is_some_and(|end_ms| end_ms <= close_ms) {
            let window = self.window(record_ms.saturating_sub(difference_ms).max(0));
            return self.state.drop_late(window, *stream_time_ms, cx);
        }
        let mut update = Update { stream_time_ms: *stream_time_ms, close_ms, next, sees_cx, fold };
        if record_ms < difference_ms {
            self.take_early(record_ms, &mut update, cx)?;
        } else {
            self.take_near(record_ms, &mut update, cx)?;
        }
        match self.on_close.map(|place| (place, cx.closed.get(place))) {
            Some((place, sent_ms)) if close_ms > sent_ms => {
                cx.closed.set(place, close_ms);
                // Both ends belong to a window, so the one that ends with this time is open.
                let starts_ms = |end_ms: i64| end_ms.saturating_sub(difference_ms).saturating_sub(1);
                self.state.emit(starts_ms(sent_ms), starts_ms(close_ms), update.next, cx)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, cx: &mut Context) -> Flow {
        if let Some(place) = self.on_close {
            let from_ms = cx.closed.get(place).saturating_sub(self.windows.difference_ms).saturating_sub(1);
            self.state.wait_again(from_ms, cx);
        }
        Ok(())
    }

    fn emit_waiting<N>(&mut self, due: &mut Option<Punctuation>, next: &mut N, cx: &mut Context) -> Result<bool, Box<TaskError>>
    where
        N: PushChange<Windowed<K>, V>,
    {
        self.state.emit_waiting(due, next, cx)
    }

    fn flush<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        if self.on_close.is_some() { Ok(()) } else { self.state.flush(next, cx) }
    }
}
