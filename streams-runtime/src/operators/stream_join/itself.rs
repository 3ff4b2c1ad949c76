//! A stream joined with itself over one store, where two would hold the same records.

use std::marker::PhantomData;

use streams_macros::with_cx;

use crate::codec::{Codec, Encoded, KeyData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Failure, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::operators::joiner::{Inner, InnerWithKey};
use crate::operators::{Joiner, Plain, Settle, Try};
use crate::plan::StoreKind;
use crate::stores::handle::Place;
use crate::stores::join_window::{JoinRows, JoinStore};
use crate::task::TaskBuilder;
use crate::windows::{IntoJoinWindows, JoinWindows};

/// A join of a stream with itself before it is attached.
type Operator<V, J, R, M> = JoinItself<V, J, R, M>;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `join(stream, |left, right| …, windows).single_store()`.
    ///
    /// `join_stream` of a stream with itself, over one store instead of two with the same records.
    ///
    /// Kafka Streams: what `topology.optimization` makes of a self join. A record meets those before it on the left, then on the right, and last or in its
    /// place in time itself. As in Kafka Streams a record that comes so late that it is at the end of the retention is not joined with itself; other than
    /// there neither is one where the windows leave out records of the same time.
    #[with_cx]
    pub fn join_itself<V2, F>(&self, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, Operator<V, Inner<F>, V2, Plain>)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: KeyData,
        F: FnMut(&V::Stored, &V::Stored) -> V2,
    {
        (Stream::handle(), JoinItself::new(Inner(f), windows, "join"))
    }

    /// In `topology!` this is written `try_join(stream, |left, right| …, windows).single_store()`.
    ///
    /// `join_itself` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_itself<V2, E, F>(
        &self,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, Operator<V, Inner<F>, Result<V2, E>, Try>)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: KeyData,
        F: FnMut(&V::Stored, &V::Stored) -> Result<V2, E>,
    {
        (Stream::handle(), JoinItself::new(Inner(f), windows, "try_join"))
    }

    /// In `topology!` this is written `join(stream, |key, left, right| …, windows).single_store()`.
    ///
    /// `join_itself` with a closure that sees the key as well: `|key, left, right|`.
    #[with_cx]
    pub fn join_itself_with_key<V2, F>(
        &self,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, Operator<V, InnerWithKey<F>, V2, Plain>)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: KeyData,
        F: FnMut(&K::Present, &V::Stored, &V::Stored) -> V2,
    {
        (Stream::handle(), JoinItself::new(InnerWithKey(f), windows, "join"))
    }

    /// In `topology!` this is written `try_join(stream, |key, left, right| …, windows).single_store()`.
    ///
    /// `join_itself_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_itself_with_key<V2, E, F>(
        &self,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, Operator<V, InnerWithKey<F>, Result<V2, E>, Try>)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: KeyData,
        F: FnMut(&K::Present, &V::Stored, &V::Stored) -> Result<V2, E>,
    {
        (Stream::handle(), JoinItself::new(InnerWithKey(f), windows, "try_join"))
    }
}

/// The operator before it is attached to what follows.
pub struct JoinItself<V: ?Sized, J, R, M> {
    joiner: J,
    windows: JoinWindows,
    node: &'static str,
    types: PhantomData<fn() -> (PhantomData<V>, R, M)>,
}

impl<V: StreamData + ?Sized, J, R, M> JoinItself<V, J, R, M> {
    fn new(joiner: J, windows: impl IntoJoinWindows, node: &'static str) -> Self {
        JoinItself { joiner, windows: windows.into_join_windows(), node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node, with its store, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, store: &str, next: N) -> JoinItselfNode<V, J, R, M, N> {
        if let Some(problem) = self.windows.problem() {
            b.window_problem(store, problem);
        }
        let rows = b.objects(store, |kind| match kind {
            StoreKind::JoinWindow { retention_ms } => Some(JoinRows::new(retention_ms)),
            _ => None,
        });
        JoinItselfNode { op: self, rows, stream_time_ms: -1, key: Vec::new(), next }
    }
}

/// The operator at work.
pub struct JoinItselfNode<V: StreamData + ?Sized, J, R, M, N> {
    op: JoinItself<V, J, R, M>,
    rows: Place<JoinStore<V::Stored>>,
    stream_time_ms: i64,
    /// Of the record at hand.
    key: Vec<u8>,
    next: N,
}

impl<V: StreamData + ?Sized, J, R, M, N: Node> Node for JoinItselfNode<V, J, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        if matches!(signal, Signal::Init) {
            self.stream_time_ms = self.stream_time_ms.max(cx.stores.get(self.rows).rows.newest_ms());
        }
        self.next.signal(signal, cx)
    }
}

impl<V: StreamData + ?Sized, J, R, M, N> JoinItselfNode<V, J, R, M, N> {
    /// Hands a result on with this time.
    fn tell<K: ?Sized, V2>(&mut self, result: Option<R>, key: &K, time_ms: i64, cx: &mut Context) -> Flow
    where
        M: Settle<R, Out = V2>,
        N: Push<K, V2>,
    {
        let Some(result) = result else { return Ok(()) };
        let Some(joined) = M::settle(result, self.op.node, cx)? else { return Ok(()) };
        let record_ms = std::mem::replace(&mut cx.timestamp_ms, time_ms);
        let flow = self.next.push(key, &joined, cx);
        cx.timestamp_ms = record_ms;
        flow
    }

    /// Joins the record with itself.
    fn meet_itself<K: ?Sized, V2>(&mut self, key: &K, value: &V::Stored, cx: &mut Context) -> Flow
    where
        J: Joiner<K, V::Stored, V::Stored, R>,
        M: Settle<R, Out = V2>,
        N: Push<K, V2>,
    {
        cx.scoped(J::SEES_CX, |cx| {
            let result = self.op.joiner.call(key, Some(value), Some(value), &mut cx.record);
            self.tell(result, key, cx.timestamp_ms, cx)
        })
    }

    /// Whether a record of this time is joined with itself. Kafka Streams has the retention one millisecond short here; a record that is the latest
    /// of all meets itself whatever it is.
    fn meets_itself(&self, time_ms: i64) -> bool {
        let earliest_ms = self.stream_time_ms.saturating_sub(self.op.windows.retention_ms()).saturating_add(1);
        self.op.windows.of_left().contains_itself() && (time_ms > earliest_ms || time_ms == self.stream_time_ms)
    }
}

impl<K, V, V2, J, R, M, N> Push<K, V> for JoinItselfNode<V, J, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    J: Joiner<K, V::Stored, V::Stored, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        self.key.clear();
        let encoded = K::Codec::default().encode(key, &mut self.key);
        let encoded = encoded.map_err(|e| cx.error(ErrorKind::Store, self.op.node, e.into()))?;
        let Some(value) = value.to_stored().filter(|_| encoded == Encoded::Bytes) else {
            let reason = if encoded == Encoded::Bytes { DropReason::NullValue } else { DropReason::NullKey };
            return cx.drop_record(self.op.node, reason);
        };
        let time_ms = cx.timestamp_ms;
        self.stream_time_ms = self.stream_time_ms.max(time_ms);
        let mut found = cx.stores.get(self.rows).rows.find(&self.key, self.op.windows.of_left().around(time_ms));
        while let Some(at) = found.next() {
            cx.scoped(J::SEES_CX, |cx| {
                let Context { stores, record, .. } = &mut *cx;
                let row = stores.get(self.rows).rows.row(at);
                let row_ms = row.time_ms;
                let result = self.op.joiner.call(key, Some(&value), Some(&row.value), record);
                self.tell(result, key, time_ms.max(row_ms), cx)
            })?;
        }
        let mut meets_itself = self.meets_itself(time_ms);
        let mut found = cx.stores.get(self.rows).rows.find(&self.key, self.op.windows.of_right().around(time_ms));
        while let Some(at) = found.next() {
            let row_ms = cx.stores.get(self.rows).rows.row(at).time_ms;
            // Results come in the order of time.
            if row_ms > time_ms && std::mem::take(&mut meets_itself) {
                self.meet_itself(key, &value, cx)?;
            }
            cx.scoped(J::SEES_CX, |cx| {
                let Context { stores, record, .. } = &mut *cx;
                let row = stores.get(self.rows).rows.row(at);
                let result = self.op.joiner.call(key, Some(&row.value), Some(&value), record);
                self.tell(result, key, time_ms.max(row_ms), cx)
            })?;
        }
        if meets_itself {
            self.meet_itself(key, &value, cx)?;
        }
        let Context { stores, out, .. } = &mut *cx;
        let written = stores.get(self.rows).put(&self.key, time_ms, value, false, out);
        if let Err(error) = written {
            cx.store_refused(self.op.node, error)?;
        }
        cx.hand_over_if_large().map_err(|e| cx.produce_error(self.op.node, e))
    }
}
