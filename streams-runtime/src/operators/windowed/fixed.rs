//! Which windows at fixed places a record goes into.

use super::rows::WindowRows;
use super::state::{From, WindowedState};
use crate::codec::StreamData;
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::node::PushChange;
use crate::task::TaskBuilder;
use crate::windows::{Frames, Windowed};

/// A store of tumbling, hopping or unlimited windows at work.
pub struct FixedRows<K: StreamData, V> {
    state: WindowedState<K, V>,
    frames: Frames,
    on_close: bool,
    /// Windows that start up to here have been sent, if they are sent when they close.
    emitted_ms: i64,
}

impl<K, V> FixedRows<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(b: &mut TaskBuilder<'_>, name: &str, frames: Frames, on_close: bool) -> Self {
        if let Some(problem) = frames.problem() {
            b.window_problem(name, problem);
        }
        let state = WindowedState::new(b, name, frames.size_ms, frames.size_ms.saturating_add(frames.grace_ms), !on_close);
        FixedRows { state, frames, on_close, emitted_ms: -1 }
    }
}

impl<K, V> WindowRows<K, V> for FixedRows<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    const DROPS_NULL_VALUES: bool = false;

    fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        self.state.drop_record(reason, cx)
    }

    #[inline]
    fn assume_old(&mut self, cx: &mut Context, initial: impl FnOnce() -> Option<V>) {
        self.state.assume_old(cx, initial);
    }

    #[inline]
    fn take<Q, N, F>(&mut self, key: &Q, stream_time_ms: &mut i64, next: &mut N, cx: &mut Context, mut fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        if !self.state.begin(key, cx)? {
            return Ok(());
        }
        *stream_time_ms = cx.timestamp_ms.max(*stream_time_ms);
        // Windows that end up to here are closed.
        let closed_ms = stream_time_ms.saturating_sub(self.frames.grace_ms);
        for start_ms in self.frames.starts(cx.timestamp_ms) {
            if self.frames.window(start_ms).end_ms <= closed_ms {
                self.state.drop_late(start_ms, *stream_time_ms, cx)?;
                continue;
            }
            self.state.update(start_ms, From::Row, cx, &mut fold)?;
            if !self.on_close {
                self.state.flush_if_full(next, cx)?;
            }
        }
        if self.on_close {
            let upto_ms = closed_ms.saturating_sub(self.frames.size_ms);
            if upto_ms > self.emitted_ms {
                let from_ms = std::mem::replace(&mut self.emitted_ms, upto_ms);
                self.state.emit(from_ms, upto_ms, next, cx)?;
            }
        }
        Ok(())
    }

    fn flush<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        if self.on_close { Ok(()) } else { self.state.flush(next, cx) }
    }
}
