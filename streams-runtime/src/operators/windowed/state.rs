//! What the windowed aggregations share: a window store that they write, and its changes or final rows going downstream.

use std::ops::RangeInclusive;

use crate::codec::windowed::set;
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::{Context, KeptCauses, RecordContext};
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::{Punctuation, PushChange};
use crate::stores::WindowState;
use crate::stores::erased::OverRows;
use crate::stores::window::{end_row_key, row_key};
use crate::task::TaskBuilder;
use crate::windows::{Window, WindowEnds, WindowError, Windowed};

use super::unsent::{Sending, Unsent};

/// A store of windows with what is needed to write it and to hand its rows on.
pub(super) struct WindowedState<K: StreamData, V> {
    store: WindowState<K, V>,
    name: String,
    ends: WindowEnds,
    codec: K::Codec,
    slot: <K::Codec as Codec<K>>::Slot,
    /// The row that is being updated; its first `key_bytes` are those of the record's key.
    row: Vec<u8>,
    key_bytes: usize,
    /// The row that is going downstream.
    leaving: Vec<u8>,
    windowed: Option<Windowed<K>>,
    /// Of windows that are sent when they close.
    causes: KeptCauses,
    sends_closed: bool,
    /// What waits for its close or for the wall clock.
    unsent: Option<Box<Unsent>>,
    /// What a new row is said to have been before.
    assumed: Option<V>,
}

/// What an update of a window goes on from.
pub(super) enum From<V> {
    /// Its row, if there is one.
    Row,
    /// This, whatever the store has.
    New(Option<V>),
}

impl<K, V> WindowedState<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(super) fn new(b: &mut TaskBuilder<'_>, name: &str, ends: WindowEnds, least_retention_ms: i64, sending: Sending) -> Self {
        let store = b.owned_window(name, least_retention_ms);
        b.end_windows(store, name, ends.clone());
        if !sending.on_close {
            b.forward_windows(store, name);
        }
        WindowedState {
            store,
            name: name.to_owned(),
            ends,
            codec: K::Codec::default(),
            slot: Default::default(),
            row: Vec::new(),
            key_bytes: 0,
            leaving: Vec::new(),
            windowed: None,
            causes: KeptCauses::default(),
            sends_closed: sending.on_close,
            unsent: sending.unsent(|| b.next_node()),
            assumed: None,
        }
    }

    /// Leaves a record out.
    pub(super) fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        cx.drop_record(&self.name, reason)
    }

    /// Leaves a record out for a window.
    #[cold]
    pub(super) fn drop_late(&self, window: Window, stream_time_ms: i64, cx: &mut Context) -> Flow {
        self.drop_record(DropReason::Late { window, stream_time_ms }, cx)
    }

    /// Hands the record to the process handler, since its windows are not as they must be.
    #[cold]
    pub(super) fn misplaced(&self, error: WindowError, cx: &mut Context) -> Flow {
        cx.fail(ErrorKind::Process, &self.name, error.into())
    }

    /// The error of what was done without a record.
    #[cold]
    pub(super) fn window_error(&self, error: WindowError, cx: &mut Context) -> Box<TaskError> {
        cx.error(ErrorKind::Process, &self.name, error.into())
    }

    /// Makes the record's key the one whose windows are updated; `false` (counted as dropped) if it is null.
    #[inline]
    pub(super) fn begin<Q>(&mut self, key: &Q, cx: &mut Context) -> Result<bool, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.row.clear();
        match Q::Codec::default().encode(key, &mut self.row) {
            Ok(Encoded::Bytes) => {
                self.key_bytes = self.row.len();
                Ok(true)
            }
            Ok(Encoded::Null) => {
                self.drop_record(DropReason::NullKey, cx)?;
                Ok(false)
            }
            Err(e) => cx.fail(ErrorKind::Process, &self.name, e.into()).map(|()| false),
        }
    }

    /// Says what new rows of this record were before: Kafka Streams tells the initial value of an aggregation of a stream so, unless a cache
    /// lies between. `initial` is only called where somebody asks.
    #[inline]
    pub(super) fn assume_old(&mut self, cx: &mut Context, initial: impl FnOnce(&mut RecordContext) -> Option<V>) {
        self.assumed = if cx.stores.get(self.store).tells_old() { initial(&mut cx.record) } else { None };
    }

    /// Updates the window with this start: `fold` gets the value and says whether it changed it.
    /// `sees_cx`: it may change headers.
    #[inline]
    pub(super) fn update<F>(&mut self, start_ms: i64, from: From<V>, cx: &mut Context, sees_cx: bool, fold: F) -> Flow
    where
        F: FnOnce(&mut Option<V>, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        let place = self.place(start_ms, cx)?;
        let store = cx.stores.get(self.store);
        let row_ms = store.row_timestamp_ms(place);
        let row = store.take(place);
        let is_new = row.is_none();
        if is_new && store.tells_old() {
            let began_with = match &from {
                From::New(Some(value)) => Some(value.clone()),
                From::New(None) | From::Row => self.assumed.clone(),
            };
            store.assume_old(place, began_with);
        }
        let (mut value, replaced, row_ms) = match from {
            From::Row if is_new => (row, None, i64::MIN),
            From::Row => (row, None, row_ms),
            From::New(value) => (value, row, i64::MIN),
        };
        cx.scoped(sees_cx, |cx| {
            let backup = if V::Codec::REFUSES && cx.may_go_on() { value.clone() } else { None };
            let folded = fold(&mut value, cx);
            if V::Codec::REFUSES
                && let Ok(true) = folded
                && let Err(error) = cx.stores.get(self.store).check(value.as_ref())
            {
                cx.stores.get(self.store).put_back(place, if is_new { None } else { replaced.or(backup) });
                return cx.store_refused(&self.name, error);
            }
            let Context { stores, record, .. } = &mut *cx;
            let store = stores.get(self.store);
            if let Ok(true) = folded {
                store.set(place, (&self.row, is_new), row_ms.max(record.timestamp_ms), &record.headers, value);
                store.set_cause(place, &record.cause);
                if self.sends_closed {
                    self.causes.set(start_ms, &self.row, cx);
                }
            } else {
                // What a window was to start with is not a row of its own.
                store.put_back(place, if is_new { None } else { replaced.or(value) });
            }
            if let Some(unsent) = &mut self.unsent
                && let Ok(true) = folded
            {
                unsent.put(&self.row, cx);
            }
            folded.map(|_| ())
        })
    }

    /// Gives the window with this start a value with a time of its own.
    pub(super) fn put(&mut self, start_ms: i64, value: V, timestamp_ms: i64, cx: &mut Context) -> Flow {
        if let Err(error) = cx.stores.get(self.store).check(Some(&value)) {
            return cx.store_refused(&self.name, error);
        }
        let place = self.place(start_ms, cx)?;
        let Context { stores, record, .. } = &mut *cx;
        let store = stores.get(self.store);
        let is_new = store.take(place).is_none();
        store.set(place, (&self.row, is_new), timestamp_ms, &record.headers, Some(value));
        store.set_cause(place, &record.cause);
        if self.sends_closed {
            self.causes.set(start_ms, &self.row, cx);
        }
        if let Some(unsent) = &mut self.unsent {
            unsent.put(&self.row, cx);
        }
        Ok(())
    }

    /// The starts of the key's windows within a range, as far as the store still shows them, ascending; some may have no row any more.
    pub(super) fn starts(&self, within_ms: RangeInclusive<i64>, starts: &mut Vec<i64>, cx: &mut Context) {
        starts.clear();
        cx.stores.get(self.store).starts_of(&self.row[..self.key_bytes], within_ms, starts);
    }

    /// The time of the last update of the window with this start; `None` if there is no such window.
    #[inline]
    pub(super) fn row_ms(&mut self, start_ms: i64, cx: &mut Context) -> Result<Option<i64>, Box<TaskError>> {
        let place = self.place(start_ms, cx)?;
        let store = cx.stores.get(self.store);
        Ok(store.row(place).map(|_| store.row_timestamp_ms(place)))
    }

    /// A copy of the value of the window with this start.
    pub(super) fn value(&mut self, start_ms: i64, cx: &mut Context) -> Result<Option<V>, Box<TaskError>> {
        let place = self.place(start_ms, cx)?;
        Ok(cx.stores.get(self.store).row(place).cloned())
    }

    #[inline]
    fn place(&mut self, start_ms: i64, cx: &mut Context) -> Result<usize, Box<TaskError>> {
        self.row.truncate(self.key_bytes);
        end_row_key(&mut self.row, start_ms);
        cx.stores.get(self.store).load(&self.row).map_err(|e| cx.store_error(&self.name, e))
    }

    /// Hands all cached changes on if the cache is full.
    #[inline]
    pub(super) fn flush_if_full<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        if cx.stores.get(self.store).is_full() { self.flush(next, cx) } else { Ok(()) }
    }

    /// Hands all cached changes on, each with its own time, headers and origin.
    pub(super) fn flush<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        let mut record = cx.put_aside();
        let result = self.flush_all(next, cx);
        cx.exchange(&mut record);
        result
    }

    fn flush_all<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        loop {
            let Context { stores, out, .. } = &mut *cx;
            let change = stores.get(self.store).next_change(&mut self.leaving, out);
            let Some(change) = change.map_err(|e| cx.store_error(&self.name, e))? else { return Ok(()) };
            cx.hand_over_if_large().map_err(|e| cx.produce_error(&self.name, e))?;
            (cx.timestamp_ms, cx.headers, cx.cause) = (change.timestamp_ms, change.headers, change.cause);
            let key = match self.leaving_key() {
                Ok(key) => key,
                Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
            };
            next.change(key, change.new.as_ref(), change.old.as_ref(), cx)?;
        }
    }

    /// Hands the rows of the windows that start after `from_ms`, up to `to_ms`, on as they are: in the order of start and key, with their
    /// own times and origins, and the headers at hand.
    pub(super) fn emit<N: PushChange<Windowed<K>, V>>(&mut self, from_ms: i64, to_ms: i64, next: &mut N, cx: &mut Context) -> Flow {
        let record_ms = cx.timestamp_ms;
        let cause = std::mem::take(&mut cx.cause);
        self.leaving.clear();
        let result = self.emit_all(from_ms, to_ms, next, cx);
        (cx.timestamp_ms, cx.cause) = (record_ms, cause);
        self.causes.forget_before(to_ms.saturating_add(1));
        result
    }

    fn emit_all<N: PushChange<Windowed<K>, V>>(&mut self, from_ms: i64, to_ms: i64, next: &mut N, cx: &mut Context) -> Flow {
        while cx.stores.get(self.store).next_row(&mut self.leaving, from_ms, to_ms) {
            if self.unsent.as_mut().is_none_or(|unsent| unsent.remove(&self.leaving)) {
                self.emit_row(next, cx)?;
            }
        }
        Ok(())
    }

    fn emit_row<N: PushChange<Windowed<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        let store = cx.stores.get(self.store);
        let place = match store.load(&self.leaving) {
            Ok(place) => place,
            Err(e) => return Err(cx.store_error(&self.name, e)),
        };
        let Some(value) = store.row(place).cloned() else { return Ok(()) };
        cx.timestamp_ms = store.row_timestamp_ms(place);
        let start_ms = row_key(&self.leaving).map_or(i64::MIN, |row| row.start_ms);
        let kept = self.causes.take(start_ms, &self.leaving).pop();
        cx.cause = kept.or_else(|| cx.stores.get(self.store).cause(place).cloned()).unwrap_or_default();
        let key = match self.leaving_key() {
            Ok(key) => key,
            Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
        };
        next.change(key, Some(&value), None, cx)
    }

    /// The task begins: windows that start after this time are not closed, and wait from now on.
    pub(super) fn wait_again(&mut self, from_ms: i64, cx: &mut Context) {
        let Some(unsent) = &mut self.unsent else { return };
        self.leaving.clear();
        while cx.stores.get(self.store).next_row(&mut self.leaving, from_ms, i64::MAX) {
            unsent.put(&self.leaving, cx);
        }
    }

    /// Hands the rows on that have waited long enough by the wall clock, if that is what is due;
    /// `true`: it was.
    pub(super) fn emit_waiting<N>(&mut self, due: &mut Option<Punctuation>, next: &mut N, cx: &mut Context) -> Result<bool, Box<TaskError>>
    where
        N: PushChange<Windowed<K>, V>,
    {
        let Some(unsent) = &mut self.unsent else { return Ok(false) };
        let Some(now_ms) = unsent.takes(due) else { return Ok(false) };
        let due = unsent.take_due(now_ms, cx);
        let (record_ms, cause) = (cx.timestamp_ms, std::mem::take(&mut cx.cause));
        let result = due.iter().try_for_each(|row| {
            self.leaving.clear();
            self.leaving.extend_from_slice(row);
            self.emit_row(next, cx)
        });
        (cx.timestamp_ms, cx.cause) = (record_ms, cause);
        result.map(|()| true)
    }

    fn leaving_key(&mut self) -> Result<&Windowed<K>, CodecError> {
        let row = row_key(&self.leaving)?;
        let window = self.ends.window(row.start_ms).map_err(|e| CodecError::Invalid(e.to_string()))?;
        let key = self.codec.decode(Some(row.key), &mut self.slot)?;
        Ok(set(&mut self.windowed, key, window))
    }
}
