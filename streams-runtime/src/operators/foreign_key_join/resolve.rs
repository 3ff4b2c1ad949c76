//! The end of a foreign-key join: an answer meets the left row, if that is still the one that asked.
//!
//! An answer that is late is left out: the left row has changed and asked again. But an inner join has no answer where there is no right row, and
//! then a late word of a deletion is the only one that will ever come. Kafka Streams loses it, and the result stays although its right row is
//! gone. Here such a row is in doubt until the next flush, when its present value asks once more, for an answer in any case.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use super::super::rows::Rows;
use super::super::settle::Settle;
use super::super::table_map_values::CallRow;
use super::super::table_table_join::JoinSides;
use super::ForeignKey;
use super::subscribe::Asks;
use crate::codec::subscription::{Instruction, Response};
use crate::codec::{Codec, CodecError, OwnedData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::Flow;
use crate::headers::Headers;
use crate::node::{Node, Push, PushChange, Signal};

/// Takes answers and hands results on.
pub(super) struct ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    K: StreamData,
    V: StreamData,
{
    joiner: Rc<RefCell<C>>,
    left: G,
    next: N,
    asks: Asks<X, FK, K, V, TK, FC>,
    /// Left rows of an inner join, by the bytes of their keys, that may have a result which should be gone; with time and headers of the late word.
    doubts: BTreeMap<Box<[u8]>, (i64, Headers)>,
    key_slot: <K::Codec as Codec<K>>::Slot,
    foreign_key: Vec<u8>,
    #[expect(clippy::type_complexity, reason = "markers")]
    types: PhantomData<fn() -> (T, A, R, M)>,
}

impl<X, FK, C, K, V, TK, T, A, R, M, FC, G, N> ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    K: StreamData,
    V: StreamData,
{
    pub(super) fn new(joiner: Rc<RefCell<C>>, left: G, asks: Asks<X, FK, K, V, TK, FC>, next: N) -> Self {
        ResolveNode {
            joiner,
            left,
            next,
            asks,
            doubts: BTreeMap::new(),
            key_slot: Default::default(),
            foreign_key: Vec::new(),
            types: PhantomData,
        }
    }
}

/// What an answer comes to.
enum Resolved<R> {
    /// The left row is another by now; it has asked again.
    Late,
    Deleted,
    Joined(R),
}

impl<X, FK, C, K, V, TK, T, A, R, M, FC, G, N> ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
    A: OwnedData,
    G: Rows<K, V>,
    N: PushChange<K, A::Stored>,
{
    #[cold]
    fn doubt(&mut self, key: &K, cx: &Context) -> Flow {
        let key = self.asks.set_key(key).map(Into::into).map_err(|e| self.asks.error(e, cx))?;
        self.doubts.insert(key, (cx.timestamp_ms, cx.headers.clone()));
        Ok(())
    }

    /// An answer was in time, so all is well with the row.
    #[cold]
    fn trust(&mut self, key: &K, cx: &Context) -> Flow {
        match self.asks.set_key(key) {
            Ok(key) => {
                self.doubts.remove(key);
                Ok(())
            }
            Err(e) => Err(self.asks.error(e, cx)),
        }
    }

    /// What is in doubt asks once more, or has no result any more.
    #[cold]
    fn clear_doubts(&mut self, cx: &mut Context) -> Flow {
        let codec = K::Codec::default();
        while let Some((bytes, (late_ms, headers))) = self.doubts.pop_first() {
            let key = codec.decode(Some(&bytes), &mut self.key_slot).map_err(|e| self.asks.error(e, cx))?;
            (cx.timestamp_ms, cx.headers) = (late_ms, headers);
            let (asks, foreign_key) = (&mut self.asks, &mut self.foreign_key);
            let found = self.left.with(key, cx, |row| match row {
                Some((value, at_ms)) if asks.foreign_key(key, Some(value), foreign_key)? => Ok(Some((asks.hash(value)?, at_ms))),
                _ => Ok(None),
            })?;
            match found.and_then(|found| asks.set_key(key).map(|_| found)).map_err(|e: CodecError| asks.error(e, cx))? {
                Some((hash, at_ms)) => {
                    cx.timestamp_ms = at_ms;
                    asks.send(Some(foreign_key), Instruction::AnswerAlways, Some(hash), cx)?;
                }
                None => self.next.change(key, None, None, cx)?,
            }
        }
        Ok(())
    }
}

impl<X, FK, C, K, V, TK, T, A, R, M, FC, G, N> Node for ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
    A: OwnedData,
    G: Rows<K, V>,
    N: PushChange<K, A::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        if matches!(signal, Signal::Flush) && !self.doubts.is_empty() {
            let record_ms = cx.timestamp_ms;
            let headers = std::mem::take(&mut cx.headers);
            let cleared = self.clear_doubts(cx);
            (cx.timestamp_ms, cx.headers) = (record_ms, headers);
            cleared?;
        }
        self.next.signal(signal, cx)
    }
}

impl<X, FK, C, K, V, TK, T, A, R, M, FC, G, N> Push<K, Response<T>> for ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
    A: OwnedData,
    C: JoinSides<V, T, R>,
    M: Settle<R, Out = A>,
    G: Rows<K, V>,
    N: PushChange<K, A::Stored>,
{
    fn push(&mut self, key: &K, response: &Response<T>, cx: &mut Context) -> Flow {
        let (asks, joiner) = (&mut self.asks, &self.joiner);
        let resolved = self.left.with(key, cx, |row| {
            let row = row.map(|(value, _)| value);
            let now = row.map(|value| asks.hash(value)).transpose()?;
            if now != response.hash {
                return Ok(Resolved::Late);
            }
            let joined = row.and_then(|left| joiner.borrow_mut().call(Some(left), response.value.as_ref()));
            Ok(joined.map_or(Resolved::Deleted, Resolved::Joined))
        })?;
        let result = match resolved.map_err(|e: CodecError| self.asks.error(e, cx))? {
            Resolved::Late => {
                cx.drop_record(self.asks.node, DropReason::Outdated)?;
                // In a left join each change of the left row has an answer of its own.
                return if C::LEFT_ALONE || response.value.is_some() { Ok(()) } else { self.doubt(key, cx) };
            }
            Resolved::Deleted => None,
            Resolved::Joined(result) => M::settle(result, self.asks.node, cx)?.and_then(A::into_stored),
        };
        if !self.doubts.is_empty() {
            self.trust(key, cx)?;
        }
        self.next.change(key, result.as_ref(), None, cx)
    }
}
