//! The end of a foreign-key join: an answer meets the left row, if that is still the one that asked.
//!
//! An answer that is late is left out: the left row has changed and asks again. But not every change asks again, and then the late answer is the
//! only one that will ever come. Kafka Streams loses it, and the result stays for good:
//!
//! - An inner join has no answer where there is no right row, so that a late word of the right row's end has no successor.
//! - A left row that was deleted, and whose cache holds a new value when the answer to the deletion comes, may be deleted once more before
//!   the next flush. To those behind the cache it was never there in between, and nobody asks.
//!
//! Here such a row is in doubt until the next flush. Then a row that is gone has no result any more, and that of an inner join asks once more,
//! for an answer in any case. That of a left join has asked already.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use super::super::rows::{Rows, StoredHash};
use super::super::settle::Settle;
use super::super::table_map_values::CallRow;
use super::super::table_table_join::JoinSides;
use super::ForeignKey;
use super::subscribe::Asks;
use crate::codec::murmur3::ValueHash;
use crate::codec::subscription::{Instruction, Response};
use crate::codec::{Codec, OwnedData, StreamData};
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
    /// Left rows, by the bytes of their keys, that may have a result which should be gone; with time and headers of the late answer.
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
    C: JoinSides<V, T, R>,
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

    /// Whether a late answer may be the last one.
    fn may_be_last(response: &Response<T>) -> bool {
        // Each change of the left row has an answer of its own in a left join; only its deletions may end up as one.
        response.value.is_none() && (!C::LEFT_ALONE || response.hash.is_none())
    }

    /// What is in doubt asks once more, or has no result any more.
    #[cold]
    fn clear_doubts(&mut self, cx: &mut Context) -> Flow {
        let codec = K::Codec::default();
        while let Some((bytes, (late_ms, headers))) = self.doubts.pop_first() {
            let key = codec.decode(Some(&bytes), &mut self.key_slot).map_err(|e| self.asks.error(e, cx))?;
            (cx.timestamp_ms, cx.headers) = (late_ms, headers);
            let (asks, foreign_key) = (&mut self.asks, &mut self.foreign_key);
            let stored = self.left.stored_hash(key, cx)?;
            let doubtful = self.left.with(key, cx, |row, cx| match row {
                Some(_) if C::LEFT_ALONE => Ok(Doubtful::HasAsked),
                Some((value, at_ms)) if asks.foreign_key(key, Some(value), foreign_key, cx)? => {
                    Ok(Doubtful::Asks(asks.hash(value, stored)?, at_ms))
                }
                _ => Ok(Doubtful::Gone),
            })?;
            let doubtful = match doubtful.and_then(|doubtful| asks.set_key(key).map(|_| doubtful)) {
                Ok(doubtful) => doubtful,
                Err(e) => {
                    asks.refuse(e, cx)?;
                    continue;
                }
            };
            match doubtful {
                Doubtful::HasAsked => {}
                Doubtful::Asks(hash, at_ms) => {
                    cx.timestamp_ms = at_ms;
                    asks.send(Some(foreign_key), Instruction::AnswerAlways, Some(hash), cx)?;
                }
                Doubtful::Gone => self.next.change(key, None, None, cx)?,
            }
        }
        Ok(())
    }
}

/// What becomes of a row that is in doubt.
enum Doubtful {
    /// Its present value has an answer coming.
    HasAsked,
    /// It asks, with this hash, and the time of the row.
    Asks(ValueHash, i64),
    /// There is no such row, or it names no right one.
    Gone,
}

impl<X, FK, C, K, V, TK, T, A, R, M, FC, G, N> Node for ResolveNode<X, FK, C, K, V, TK, T, A, R, M, FC, G, N>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
    A: OwnedData,
    C: JoinSides<V, T, R>,
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
        cx.scoped(C::SEES_CX, |cx| {
            let stored = if response.hash.is_some() { self.left.stored_hash(key, cx)? } else { StoredHash::Unwritten };
            let (asks, joiner) = (&mut self.asks, &self.joiner);
            let resolved = self.left.with(key, cx, |row, cx| {
                let row = row.map(|(value, _)| value);
                if !asks.is_answer_to(row, stored, response.hash)? {
                    return Ok(Resolved::Late);
                }
                let joined = row.and_then(|left| joiner.borrow_mut().call(Some(left), response.value.as_ref(), cx));
                Ok(joined.map_or(Resolved::Deleted, Resolved::Joined))
            })?;
            let resolved = match resolved {
                Ok(resolved) => resolved,
                Err(e) => return self.asks.refuse(e, cx),
            };
            let result = match resolved {
                Resolved::Late => {
                    cx.drop_record(self.asks.node, DropReason::Outdated)?;
                    return if Self::may_be_last(response) { self.doubt(key, cx) } else { Ok(()) };
                }
                Resolved::Deleted => None,
                Resolved::Joined(result) => M::settle(result, self.asks.node, cx)?.and_then(A::into_stored),
            };
            if !self.doubts.is_empty() {
                self.trust(key, cx)?;
            }
            self.next.change(key, result.as_ref(), None, cx)
        })
    }
}
