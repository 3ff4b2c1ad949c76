//! What windows of all kinds are to what aggregates in them.

use crate::codec::StreamData;
use crate::context::{Context, RecordContext};
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::node::{Punctuation, PushChange};
use crate::windows::Windowed;

/// A store of windows at work, and which of them a record goes into.
pub trait WindowRows<K: StreamData, V> {
    /// Records with a null value are left out.
    const DROPS_NULL_VALUES: bool;

    /// Leaves a record out.
    ///
    /// # Errors
    /// When the task has to stop.
    fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow;

    /// Says what new rows of the record at hand were before, where something downstream asks; `initial` is called only then.
    fn assume_old(&mut self, cx: &mut Context, initial: impl FnOnce(&mut RecordContext) -> Option<V>);

    /// Takes a record into its windows. `stream_time_ms` is that of the operator, and moves on with
    /// the record; `fold` takes the record into the value of a row (`None`: there is no row) and
    /// says whether it changed it. `sees_cx`: it may change headers, each time for its row only.
    ///
    /// # Errors
    /// When the task has to stop.
    fn take<Q, N, F>(&mut self, key: &Q, stream_time_ms: &mut i64, next: &mut N, cx: &mut Context, sees_cx: bool, fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        N: PushChange<Windowed<K>, V>,
        F: FnMut(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>;

    /// The task begins: what has not closed waits for the wall clock, if that lets results go.
    ///
    /// # Errors
    /// When windows of one's own are not as they must be.
    fn begin(&mut self, cx: &mut Context) -> Flow;

    /// Hands on what has waited long enough by the wall clock, if that is what is due; `true`: it
    /// was.
    ///
    /// # Errors
    /// When the task has to stop.
    fn emit_waiting<N>(&mut self, due: &mut Option<Punctuation>, next: &mut N, cx: &mut Context) -> Result<bool, Box<TaskError>>
    where
        N: PushChange<Windowed<K>, V>;

    /// Hands all cached changes on.
    ///
    /// # Errors
    /// When the task has to stop.
    fn flush<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow;
}
