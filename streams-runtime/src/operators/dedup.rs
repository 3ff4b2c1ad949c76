//! `dedup` and `dedup_by`: the first record of each key, or of each id of a key, within a time.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::codec::{Codec, Encoded, KeyData, StreamData};
use crate::context::Context;
use crate::error::{BoxError, ErrorKind, Failure, Flow, TaskError};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::processor::StoreHandle;
use crate::stores::WindowState;
use crate::task::TaskBuilder;
use crate::windows::{IntoJoinWindows, JoinWindows};

impl<K: StreamData + ?Sized, V: ?Sized> Stream<K, V> {
    /// Passes on the first record of each key and leaves out those of the same key whose time is
    /// within the windows of a record that was passed on: `dedup(within(minutes(10)))`.
    ///
    /// The first is the first to arrive, so a later one may be earlier in event time. Records with
    /// a null key are passed on. A record that is older than the stream time of the operator by
    /// more than the windows and their grace cannot be compared any more, and is passed on.
    ///
    /// A row is kept for each record that was passed on, with its time, topic and offset: a record
    /// that is processed again after a crash is the same record, not a duplicate.
    ///
    /// Kafka Streams: KIP-655, `deduplicateByKey`. Time and headers stay. What is left out is not
    /// counted as dropped.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn once() -> Once {
    ///         let orders: Stream<u64, String> = stream("orders");
    ///         let first = orders.dedup(within(minutes(10)));
    ///         first.to("first");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(once())?;
    /// let orders = driver.input::<u64, str>("orders")?;
    /// orders.pipe_at(&7, "tea", 0)?;
    /// orders.pipe_at(&7, "tea again", 600_000)?;
    /// orders.pipe_at(&7, "more tea", 600_001)?;
    /// let first = driver.output::<u64, String>("first").read_pairs();
    /// assert_eq!(first, [(7, "tea".to_owned()), (7, "more tea".to_owned())]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    pub fn dedup(&self, windows: impl IntoJoinWindows) -> (Stream<K, V>, Dedup<OfKey, (), Plain>) {
        (Stream::handle(), Dedup::new(OfKey, windows, "dedup"))
    }

    /// Passes on the first record of each id within a key: `dedup_by(|_, order| order.id, within(minutes(10)))`.
    /// All else is as with [`dedup`](Self::dedup); a record whose id is null is passed on. Ids are
    /// compared by their bytes, so that what is no key is no id.
    ///
    /// Kafka Streams: KIP-655, `deduplicateByKeyValue`. Records of one id that have different keys
    /// are different records, since they may be in different partitions.
    #[with_cx]
    pub fn dedup_by<I, F>(&self, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V>, Dedup<OfId<F>, I, Plain>)
    where
        F: FnMut(&K, &V) -> I,
        I: StreamData + KeyData,
    {
        (Stream::handle(), Dedup::new(OfId(f), windows, "dedup_by"))
    }

    /// `dedup_by` with a closure that may fail: an `Err` goes to the process handler of the
    /// application.
    #[with_cx]
    pub fn try_dedup_by<I, E, F>(&self, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V>, Dedup<OfId<F>, Result<I, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<I, E>,
        I: StreamData + KeyData,
    {
        (Stream::handle(), Dedup::new(OfId(f), windows, "try_dedup_by"))
    }
}

/// A record is known by its key.
#[derive(Clone, Copy, Debug)]
pub struct OfKey;

/// A record is known by its key and what a closure gives.
#[derive(Clone, Copy, Debug)]
pub struct OfId<F>(F);

/// The operator before it is attached to what follows.
pub struct Dedup<F, R, M> {
    of: F,
    windows: JoinWindows,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> Dedup<F, R, M> {
    fn new(of: F, windows: impl IntoJoinWindows, node: &'static str) -> Self {
        Dedup { of, windows: windows.into_join_windows(), node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> DedupNode<F, R, M, N> {
        if let Some(problem) = self.windows.problem() {
            b.window_problem(name, problem);
        }
        DedupNode { store: b.window_store(name), op: self, id: Vec::new(), seen: Vec::new(), next }
    }
}

/// The operator at work.
pub struct DedupNode<F, R, M, N> {
    op: Dedup<F, R, M>,
    /// By id and time: which record it was, as topic and offset.
    store: WindowState<Vec<u8>, Vec<u8>>,
    /// The bytes of the id of the record at hand.
    id: Vec<u8>,
    /// Which record is at hand.
    seen: Vec<u8>,
    next: N,
}

/// How the id of a record is found. Its bytes go to `out`.
trait Identify<K: ?Sized, V: ?Sized> {
    /// Whether a closure sees the context.
    const SEES_CX: bool;

    fn identify(&mut self, key: &K, value: &V, out: &mut Vec<u8>, cx: &mut Context) -> Result<Identity, Box<TaskError>>;
}

/// What is known of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    /// Its id is in the buffer.
    Known,
    /// Its key or its id is null.
    Null,
    /// The handler said to go on without the record.
    LeftOut,
}

fn encode<T: StreamData + ?Sized>(value: &T, node: &'static str, out: &mut Vec<u8>, cx: &mut Context) -> Result<Identity, Box<TaskError>> {
    match T::Codec::default().encode(value, out) {
        Ok(Encoded::Bytes) => Ok(Identity::Known),
        Ok(Encoded::Null) => Ok(Identity::Null),
        Err(error) => cx.fail(ErrorKind::Process, node, BoxError::from(error)).map(|()| Identity::LeftOut),
    }
}

impl<K, V, R, M> Identify<K, V> for Dedup<OfKey, R, M>
where
    K: StreamData + ?Sized,
    V: ?Sized,
{
    const SEES_CX: bool = false;

    #[inline]
    fn identify(&mut self, key: &K, _: &V, out: &mut Vec<u8>, cx: &mut Context) -> Result<Identity, Box<TaskError>> {
        encode(key, self.node, out, cx)
    }
}

impl<K, V, F, R, M> Identify<K, V> for Dedup<OfId<F>, R, M>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R>,
    M::Out: StreamData,
{
    const SEES_CX: bool = <F as Call<(&K, &V), R>>::SEES_CX;

    fn identify(&mut self, key: &K, value: &V, out: &mut Vec<u8>, cx: &mut Context) -> Result<Identity, Box<TaskError>> {
        let Some(id) = M::settle(self.of.0.call((key, value), &mut cx.record), self.node, cx)? else { return Ok(Identity::LeftOut) };
        match encode(key, self.node, out, cx)? {
            Identity::Known => {}
            other => return Ok(other),
        }
        // The length behind the key tells where the id begins, whatever their bytes are.
        let key_bytes = out.len() as u64;
        match encode(&id, self.node, out, cx)? {
            Identity::Known => {}
            other => return Ok(other),
        }
        out.extend_from_slice(&key_bytes.to_be_bytes());
        Ok(Identity::Known)
    }
}

impl<F, R, M, N: Node> Node for DedupNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<F, R, M, N> DedupNode<F, R, M, N> {
    /// Whether the record at hand, whose id is known, is a duplicate. If it is none, it is one that
    /// others are compared with from now on.
    fn is_duplicate(&mut self, cx: &mut Context) -> Result<bool, Box<TaskError>> {
        self.seen.clear();
        self.seen.extend_from_slice(&cx.offset().to_be_bytes());
        self.seen.extend_from_slice(cx.topic().as_bytes());
        let time_ms = cx.timestamp_ms;
        let (from_ms, to_ms) = self.op.windows.of_left().around(time_ms);
        let rows = self.store.view(cx).fetch_range(self.id.as_slice(), from_ms, to_ms);
        let rows = rows.map_err(|error| cx.store_error(self.op.node, error))?;
        if rows.iter().any(|(_, seen)| *seen != self.seen) {
            return Ok(true);
        }
        let put = self.store.view(cx).put(self.id.as_slice(), self.seen.clone(), time_ms);
        put.map_err(|error| cx.store_error(self.op.node, error))?;
        Ok(false)
    }
}

impl<K, V, F, R, M, N> Push<K, V> for DedupNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    Dedup<F, R, M>: Identify<K, V>,
    N: Push<K, V>,
{
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        self.id.clear();
        cx.scoped(<Dedup<F, R, M> as Identify<K, V>>::SEES_CX, |cx| match self.op.identify(key, value, &mut self.id, cx)? {
            Identity::LeftOut => Ok(()),
            Identity::Null => self.next.push(key, value, cx),
            Identity::Known if self.is_duplicate(cx)? => Ok(()),
            Identity::Known => self.next.push(key, value, cx),
        })
    }
}
