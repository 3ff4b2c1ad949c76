//! `aggregate` of a cogroup in sessions.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::{CogroupRecord, CogroupState, WindowedCogroup};
use crate::codec::{Codec, OwnedData, StreamData};
use crate::context::Context;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::operators::Call;
use crate::operators::windowed::{Folded, Sending, SessionState};
use crate::task::TaskBuilder;
use crate::windows::{SessionWindow, SessionWindows, Windowed};

impl<K, A> WindowedCogroup<SessionWindows, K, A>
where
    K: StreamData<Stored = K>,
    A: OwnedData,
{
    /// In `topology!` this is written `aggregate(initializer, merger)`.
    ///
    /// Ends the cogroup: `initializer` makes an aggregate for each record, `merger` takes key, aggregate and the aggregate of a session
    /// that the record belongs to, one after the other in the order of their ends; then comes the closure of the record's stream.
    ///
    /// Kafka Streams: `SessionWindowedCogroupedKStream.aggregate`. Nulls, times, headers and late records are as in
    /// [`SessionWindowedStream`](crate::operators::SessionWindowedStream).
    #[with_cx]
    pub fn aggregate_merging<I, G>(
        &self,
        initializer: I,
        merger: G,
    ) -> (Table<Windowed<K, SessionWindow>, A::Stored>, SessionCogroupAggregate<K, A, I, G>)
    where
        I: FnMut() -> A,
        G: FnMut(&K, A, A) -> A,
    {
        (Table::handle(), SessionCogroupAggregate { windows: self.windows, initializer, merger, types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct SessionCogroupAggregate<K, A, I, G> {
    windows: SessionWindows,
    initializer: I,
    merger: G,
    types: PhantomData<fn() -> (K, A)>,
}

impl<K, A, I, G> SessionCogroupAggregate<K, A, I, G>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    A: OwnedData,
{
    /// Says where in the topology this is; the inputs do so in error messages.
    #[must_use]
    pub fn at(self, _: &'static str) -> Self {
        self
    }

    /// Makes the node, with the session store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> SessionCogroupAggregateNode<K, A, I, G, N> {
        SessionCogroupAggregateNode {
            state: SessionState::new(b, name, self.windows, Sending::default()),
            name: name.to_owned(),
            key_bytes: Vec::new(),
            key_slot: Default::default(),
            op: self,
            next,
        }
    }
}

/// The operator at work.
pub struct SessionCogroupAggregateNode<K: StreamData, A: StreamData, I, G, N> {
    state: SessionState<K, A::Stored>,
    name: String,
    /// The key of the record at hand in the form that the merger takes, whatever form its stream has.
    key_bytes: Vec<u8>,
    key_slot: <K::Codec as Codec<K>>::Slot,
    op: SessionCogroupAggregate<K, A, I, G>,
    next: N,
}

impl<K, A, I, G, N> Node for SessionCogroupAggregateNode<K, A, I, G, N>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    A: OwnedData,
    N: PushChange<Windowed<K, SessionWindow>, A::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        if matches!(signal, Signal::Flush) {
            self.state.flush(&mut self.next, cx)?;
        }
        self.next.signal(signal, cx)
    }
}

impl<K, A, I, G, N> CogroupState<K, A> for SessionCogroupAggregateNode<K, A, I, G, N>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    A: OwnedData,
    I: Call<(), A>,
    G: for<'a> Call<(&'a K, A, A), A>,
    N: PushChange<Windowed<K, SessionWindow>, A::Stored>,
{
    fn take<Q, F>(&mut self, record: CogroupRecord<'_, Q>, cx: &mut Context, mut step: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(A, &mut Context) -> Result<Option<A>, Box<TaskError>>,
    {
        if !self.state.begin(record.key, cx)? {
            return Ok(());
        }
        *record.stream_time_ms = cx.timestamp_ms.max(*record.stream_time_ms);
        let SessionCogroupAggregate { windows, initializer, merger, .. } = &mut self.op;
        let merged = self.state.find(cx.timestamp_ms, windows.gap_ms, cx);
        if merged.end_ms < record.stream_time_ms.saturating_sub(windows.closes_after_ms()) {
            return self.state.drop_late(merged, *record.stream_time_ms, cx);
        }
        self.key_bytes.clear();
        let encoded = Q::Codec::default().encode(record.key, &mut self.key_bytes);
        let key = encoded.and_then(|_| K::Codec::default().decode(Some(&self.key_bytes), &mut self.key_slot));
        let key = key.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
        let sees_cx = record.sees_cx || I::SEES_CX || G::SEES_CX;
        let (state, next) = (&mut self.state, &mut self.next);
        cx.scoped(sees_cx, |cx| {
            state.update(merged, record.may_fail, Some(next), cx, |sessions, cx| {
                let mut aggregate = initializer.call((), &mut cx.record);
                while let Some(session) = sessions(cx)? {
                    aggregate = merger.call((key, aggregate, A::from_stored(session)), &mut cx.record);
                }
                Ok(match step(aggregate, cx)? {
                    Some(result) => Folded::Row(result.into_stored()),
                    None => Folded::Skipped,
                })
            })
        })
    }
}
