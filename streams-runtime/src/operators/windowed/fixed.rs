//! Which windows at fixed places a record goes into.

use super::rows::WindowRows;
use super::state::{From, WindowedState};
use super::unsent::Sending;
use crate::codec::StreamData;
use crate::context::{ClosedPlace, Context, RecordContext};
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::node::{Punctuation, PushChange};
use crate::task::TaskBuilder;
use crate::windows::{Frame, Frames, Windowed};

/// A store of tumbling, hopping or unlimited windows, or of windows of one's own, at work.
pub struct FixedRows<K: StreamData, V, F = Frames> {
    state: WindowedState<K, V>,
    frames: F,
    /// Windows are sent when they close.
    on_close: Option<ClosedPlace>,
}

impl<K, V, F: Frame> FixedRows<K, V, F>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(b: &mut TaskBuilder<'_>, name: &str, frames: F, sending: Sending) -> Self {
        if let Some(problem) = frames.problem() {
            b.window_problem(name, problem);
        }
        let state = WindowedState::new(b, name, frames.ends(), frames.size_ms().saturating_add(frames.grace_ms()), sending);
        let on_close = sending.on_close.then(|| b.sends_closed(name));
        FixedRows { state, frames, on_close }
    }
}

impl<K, V, W: Frame> WindowRows<K, V> for FixedRows<K, V, W>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    const DROPS_NULL_VALUES: bool = false;

    fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        self.state.drop_record(reason, cx)
    }

    #[inline]
    fn assume_old(&mut self, cx: &mut Context, initial: impl FnOnce(&mut RecordContext) -> Option<V>) {
        self.state.assume_old(cx, initial);
    }

    #[inline]
    fn take<Q, N, F>(&mut self, key: &Q, stream_time_ms: &mut i64, next: &mut N, cx: &mut Context, sees_cx: bool, mut fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        if !self.state.begin(key, cx)? {
            return Ok(());
        }
        if let Err(error) = self.frames.find(cx.timestamp_ms) {
            return self.state.misplaced(error, cx);
        }
        *stream_time_ms = cx.timestamp_ms.max(*stream_time_ms);
        if let Some(place) = self.on_close {
            *stream_time_ms = cx.closed.stream_time_ms(place, self.frames.grace_ms()).max(*stream_time_ms);
        }
        // Windows that end up to here are closed.
        let closed_ms = stream_time_ms.saturating_sub(self.frames.grace_ms());
        for window in self.frames.found(cx.timestamp_ms) {
            if self.frames.is_closed(window, closed_ms) {
                self.state.drop_late(window, *stream_time_ms, cx)?;
                continue;
            }
            self.state.update(window.start_ms, From::Row, cx, sees_cx, &mut fold)?;
            if self.on_close.is_none() {
                self.state.flush_if_full(next, cx)?;
            }
        }
        match self.on_close.map(|place| (place, cx.closed.get(place))) {
            Some((place, sent_ms)) if closed_ms > sent_ms => {
                let starts =
                    self.frames.closed_starts_ms(sent_ms).and_then(|from_ms| Ok((from_ms, self.frames.closed_starts_ms(closed_ms)?)));
                let (from_ms, upto_ms) = starts.map_err(|error| self.state.window_error(error, cx))?;
                cx.closed.set(place, closed_ms);
                self.state.emit(from_ms, upto_ms, next, cx)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, cx: &mut Context) -> Flow {
        if let Some(place) = self.on_close {
            let from_ms = self.frames.closed_starts_ms(cx.closed.get(place));
            let from_ms = from_ms.map_err(|error| self.state.window_error(error, cx))?;
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
