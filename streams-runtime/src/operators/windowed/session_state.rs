//! What the aggregations in sessions share: a session store that they write, and its changes or final rows going downstream.

use crate::codec::windowed::{end_session_key, session_key, set};
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::{Context, KeptCauses};
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::headers::Headers;
use crate::node::{Punctuation, PushChange};
use crate::stores::Sessions;
use crate::stores::erased::OverRows;
use crate::stores::session::{Closing, set_row};
use crate::task::TaskBuilder;
use crate::windows::{SessionWindow, SessionWindows, Window, Windowed};

use super::session_fold::Folded;
use super::unsent::{Sending, Unsent};

/// A key in a session.
type InSession<K> = Windowed<K, SessionWindow>;

/// A store of sessions with what is needed to write it and to hand its rows on.
pub(in crate::operators) struct SessionState<K: StreamData, V: StreamData> {
    store: Sessions<K, V>,
    name: String,
    codec: K::Codec,
    slot: <K::Codec as Codec<K>>::Slot,
    /// The bytes of the record's key; between two steps also of a row of it.
    row: Vec<u8>,
    key_bytes: usize,
    /// The sessions that the record joins, in the order of their ends.
    found: Vec<SessionWindow>,
    /// The row that is going downstream.
    leaving: Vec<u8>,
    windowed: Option<InSession<K>>,
    closing: Vec<Closing>,
    /// Of sessions that are sent when they close.
    causes: KeptCauses,
    sends_closed: bool,
    /// What waits for its close or for the wall clock.
    unsent: Option<Box<Unsent>>,
    /// An update of a session has none, whatever the record had.
    no_headers: Headers,
}

impl<K, V> SessionState<K, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(in crate::operators) fn new(b: &mut TaskBuilder<'_>, name: &str, windows: SessionWindows, sending: Sending) -> Self {
        if let Some(problem) = windows.problem() {
            b.window_problem(name, problem);
        }
        SessionState {
            store: b.owned_sessions(name, windows.closes_after_ms(), !sending.on_close),
            name: name.to_owned(),
            codec: K::Codec::default(),
            slot: Default::default(),
            row: Vec::new(),
            key_bytes: 0,
            found: Vec::new(),
            leaving: Vec::new(),
            windowed: None,
            closing: Vec::new(),
            causes: KeptCauses::default(),
            sends_closed: sending.on_close,
            unsent: sending.unsent(|| b.next_node()),
            no_headers: Headers::default(),
        }
    }

    /// Leaves a record out.
    fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        cx.drop_record(&self.name, reason)
    }

    /// Leaves a record out whose session is closed.
    #[cold]
    pub(in crate::operators) fn drop_late(&self, session: SessionWindow, stream_time_ms: i64, cx: &mut Context) -> Flow {
        let window = Window { start_ms: session.start_ms, end_ms: session.end_ms };
        self.drop_record(DropReason::Late { window, stream_time_ms }, cx)
    }

    /// Makes the record's key the one whose sessions are updated; `false` (counted as dropped) if it is null.
    #[inline]
    pub(in crate::operators) fn begin<Q>(&mut self, key: &Q, cx: &mut Context) -> Result<bool, Box<TaskError>>
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

    /// Finds the sessions within the gap around a time, and tells the one that the record makes of them.
    #[inline]
    pub(in crate::operators) fn find(&mut self, time_ms: i64, gap_ms: i64, cx: &mut Context) -> SessionWindow {
        self.found.clear();
        let store = cx.stores.get(self.store);
        self.found.extend(store.find(&self.row, time_ms.saturating_sub(gap_ms), time_ms.saturating_add(gap_ms)));
        self.found.iter().copied().fold(SessionWindow::at(time_ms), SessionWindow::merge)
    }

    /// Puts the merged session in the place of those that were found: `fold` makes its value of theirs. `may_fail`: they stay until it has.
    #[inline]
    pub(in crate::operators) fn update<N, F>(
        &mut self,
        merged: SessionWindow,
        may_fail: bool,
        next: Option<&mut N>,
        cx: &mut Context,
        fold: F,
    ) -> Flow
    where
        N: PushChange<InSession<K>, V>,
        F: FnOnce(&mut dyn FnMut(&mut Context) -> Result<Option<V>, Box<TaskError>>, &mut Context) -> Result<Folded<V>, Box<TaskError>>,
    {
        let may_fail = may_fail || V::Codec::REFUSES && cx.may_go_on();
        // A session of this very moment is replaced, any other leaves.
        let leave = merged != SessionWindow::at(cx.timestamp_ms);
        let found = std::mem::take(&mut self.found);
        let mut left = found.iter();
        let folded = fold(
            &mut |cx| {
                for session in left.by_ref() {
                    let value = if leave && !may_fail { self.remove(*session, merged, cx)? } else { self.copy(*session, cx)? };
                    if value.is_some() {
                        return Ok(value);
                    }
                }
                Ok(None)
            },
            cx,
        );
        let result = match folded {
            Ok(Folded::Row(value)) => self.replace(&found, merged, (leave, may_fail), value, next, cx),
            Ok(Folded::Skipped) => Ok(()),
            Err(error) => Err(error),
        };
        self.found = found;
        result
    }

    fn replace<N>(
        &mut self,
        found: &[SessionWindow],
        merged: SessionWindow,
        (leave, may_fail): (bool, bool),
        value: Option<V>,
        mut next: Option<&mut N>,
        cx: &mut Context,
    ) -> Flow
    where
        N: PushChange<InSession<K>, V>,
    {
        if let Err(error) = cx.stores.get(self.store).check(value.as_ref()) {
            return cx.store_refused(&self.name, error);
        }
        if leave && may_fail {
            for session in found {
                self.remove(*session, merged, cx)?;
            }
        }
        // Without a cache those that leave are told before the one that comes: they may have the same bounds.
        if let Some(next) = next.as_deref_mut() {
            self.flush_if_full(next, cx)?;
        }
        self.put(merged, value, cx)?;
        match next {
            Some(next) => self.flush_if_full(next, cx),
            None => Ok(()),
        }
    }

    #[inline]
    fn load(&mut self, session: SessionWindow, cx: &mut Context) -> Result<usize, Box<TaskError>> {
        self.row.truncate(self.key_bytes);
        end_session_key(&mut self.row, session);
        cx.stores.get(self.store).load(&self.row).map_err(|e| cx.store_error(&self.name, e))
    }

    fn copy(&mut self, session: SessionWindow, cx: &mut Context) -> Result<Option<V>, Box<TaskError>> {
        let place = self.load(session, cx)?;
        Ok(cx.stores.get(self.store).row(place).cloned())
    }

    /// Takes a session out that becomes a part of `merged`.
    #[inline]
    fn remove(&mut self, session: SessionWindow, merged: SessionWindow, cx: &mut Context) -> Result<Option<V>, Box<TaskError>> {
        let place = self.load(session, cx)?;
        let Context { stores, record, .. } = &mut *cx;
        let store = stores.get(self.store);
        let value = store.take(place);
        store.set(place, session.end_ms, &self.no_headers, None);
        store.set_cause(place, &record.cause);
        if self.sends_closed {
            self.causes.take(session.end_ms, &self.row);
        }
        // The key stays in the index all the while.
        let key = &self.row[..self.key_bytes];
        store.note(key, merged, true);
        if session != merged {
            store.note(key, session, false);
            if let Some(unsent) = &mut self.unsent {
                unsent.remove(&self.row);
            }
        }
        Ok(value)
    }

    #[inline]
    fn put(&mut self, session: SessionWindow, value: Option<V>, cx: &mut Context) -> Flow {
        let place = self.load(session, cx)?;
        let Context { stores, record, .. } = &mut *cx;
        let store = stores.get(self.store);
        let is_there = value.is_some();
        store.note(&self.row[..self.key_bytes], session, is_there);
        store.take(place);
        store.set(place, session.end_ms, &self.no_headers, value);
        store.set_cause(place, &record.cause);
        if self.sends_closed {
            self.causes.set(session.end_ms, &self.row, cx);
        }
        match &mut self.unsent {
            Some(unsent) if is_there => unsent.put(&self.row, cx),
            _ => {}
        }
        Ok(())
    }

    /// Hands all cached changes on if the cache is full.
    #[inline]
    fn flush_if_full<N: PushChange<InSession<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        if cx.stores.get(self.store).is_full() { self.flush(next, cx) } else { Ok(()) }
    }

    /// Hands all cached changes on, each with the time of its session's end, its own origin and no headers.
    pub(in crate::operators) fn flush<N: PushChange<InSession<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        let mut record = cx.put_aside();
        let result = self.flush_all(next, cx);
        cx.exchange(&mut record);
        result
    }

    fn flush_all<N: PushChange<InSession<K>, V>>(&mut self, next: &mut N, cx: &mut Context) -> Flow {
        loop {
            let Context { stores, out, .. } = &mut *cx;
            let change = stores.get(self.store).next_change(&mut self.leaving, out);
            let Some(change) = change.map_err(|e| cx.store_error(&self.name, e))? else { return Ok(()) };
            cx.hand_over_if_large().map_err(|e| cx.produce_error(&self.name, e))?;
            (cx.timestamp_ms, cx.cause) = (change.timestamp_ms, change.cause);
            cx.headers.clear();
            let key = match self.leaving_key() {
                Ok(key) => key,
                Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
            };
            next.change(key, change.new.as_ref(), change.old.as_ref(), cx)?;
        }
    }

    /// Hands the sessions that end within two times (the second excluded) on as they are: in the order of end, start and key, with the time
    /// of their end, their own origins and the headers at hand.
    pub(super) fn emit<N: PushChange<InSession<K>, V>>(&mut self, from_ms: i64, before_ms: i64, next: &mut N, cx: &mut Context) -> Flow {
        let record_ms = cx.timestamp_ms;
        let mut closing = std::mem::take(&mut self.closing);
        cx.stores.get(self.store).closing(from_ms, before_ms, &mut closing);
        let cause = std::mem::take(&mut cx.cause);
        let result = closing.iter().try_for_each(|row| self.emit_row(row, next, cx));
        closing.clear();
        self.closing = closing;
        (cx.timestamp_ms, cx.cause) = (record_ms, cause);
        self.causes.forget_before(before_ms);
        result
    }

    fn emit_row<N: PushChange<InSession<K>, V>>(&mut self, closing: &Closing, next: &mut N, cx: &mut Context) -> Flow {
        set_row(&mut self.leaving, &closing.key, closing.session);
        if self.unsent.as_mut().is_some_and(|unsent| !unsent.remove(&self.leaving)) {
            return Ok(());
        }
        self.emit_leaving(closing.session, next, cx)
    }

    /// The task begins: sessions that end at this time or later are not closed, and wait from now
    /// on.
    pub(super) fn wait_again(&mut self, from_ms: i64, cx: &mut Context) {
        let Some(unsent) = &mut self.unsent else { return };
        let mut open = std::mem::take(&mut self.closing);
        cx.stores.get(self.store).closing(from_ms, i64::MAX, &mut open);
        for row in open.drain(..) {
            set_row(&mut self.leaving, &row.key, row.session);
            unsent.put(&self.leaving, cx);
        }
        self.closing = open;
    }

    /// Hands the sessions on that have waited long enough by the wall clock, if that is what is
    /// due; `true`: it was.
    pub(super) fn emit_waiting<N>(&mut self, due: &mut Option<Punctuation>, next: &mut N, cx: &mut Context) -> Result<bool, Box<TaskError>>
    where
        N: PushChange<InSession<K>, V>,
    {
        let Some(unsent) = &mut self.unsent else { return Ok(false) };
        let Some(now_ms) = unsent.takes(due) else { return Ok(false) };
        let due = unsent.take_due(now_ms, cx);
        let (record_ms, cause) = (cx.timestamp_ms, std::mem::take(&mut cx.cause));
        let result = due.iter().try_for_each(|row| {
            self.leaving.clear();
            self.leaving.extend_from_slice(row);
            let session = session_key(row).map(|(_, session)| session);
            let session = session.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            self.emit_leaving(session, next, cx)
        });
        (cx.timestamp_ms, cx.cause) = (record_ms, cause);
        result.map(|()| true)
    }

    fn emit_leaving<N: PushChange<InSession<K>, V>>(&mut self, session: SessionWindow, next: &mut N, cx: &mut Context) -> Flow {
        let store = cx.stores.get(self.store);
        let place = match store.load(&self.leaving) {
            Ok(place) => place,
            Err(e) => return Err(cx.store_error(&self.name, e)),
        };
        let Some(value) = store.row(place).cloned() else { return Ok(()) };
        cx.timestamp_ms = session.end_ms;
        let kept = self.causes.take(session.end_ms, &self.leaving).pop();
        cx.cause = kept.or_else(|| cx.stores.get(self.store).cause(place).cloned()).unwrap_or_default();
        let key = match self.leaving_key() {
            Ok(key) => key,
            Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
        };
        next.change(key, Some(&value), None, cx)
    }

    fn leaving_key(&mut self) -> Result<&InSession<K>, CodecError> {
        let (key, session) = session_key(&self.leaving)?;
        let key = self.codec.decode(Some(key), &mut self.slot)?;
        Ok(set(&mut self.windowed, key, session))
    }
}
