//! The end of a foreign-key join: an answer meets the left row, if that is still the one that asked.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use super::super::rows::Rows;
use super::super::settle::Settle;
use super::super::table_table_join::JoinSides;
use crate::codec::murmur3::ValueHash;
use crate::codec::subscription::Response;
use crate::codec::{Codec, CodecError, OwnedData, StreamData};
use crate::context::Context;
use crate::error::{ErrorKind, Flow};
use crate::node::{Node, Push, PushChange, Signal};

/// Takes answers and hands results on.
pub(super) struct ResolveNode<C, K, V: StreamData, T, A, R, M, G, N> {
    joiner: Rc<RefCell<C>>,
    left: G,
    node: &'static str,
    next: N,
    codec: V::Codec,
    value: Vec<u8>,
    #[expect(clippy::type_complexity, reason = "markers")]
    types: PhantomData<fn() -> (K, T, A, R, M)>,
}

impl<C, K, V: StreamData, T, A, R, M, G, N> ResolveNode<C, K, V, T, A, R, M, G, N> {
    pub(super) fn new(joiner: Rc<RefCell<C>>, left: G, node: &'static str, next: N) -> Self {
        ResolveNode { joiner, left, node, next, codec: V::Codec::default(), value: Vec::new(), types: PhantomData }
    }
}

impl<C, K, V: StreamData, T, A, R, M, G, N: Node> Node for ResolveNode<C, K, V, T, A, R, M, G, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

/// What an answer comes to.
enum Resolved<R> {
    /// The left row is another by now; it has asked again.
    Late,
    Deleted,
    Joined(R),
}

fn hash_of<V, C: Codec<V>>(codec: &C, value: &V, scratch: &mut Vec<u8>) -> Result<ValueHash, CodecError> {
    scratch.clear();
    codec.encode(value, scratch)?;
    Ok(ValueHash::of(scratch))
}

impl<C, K, V, T, A, R, M, G, N> Push<K, Response<T>> for ResolveNode<C, K, V, T, A, R, M, G, N>
where
    V: StreamData,
    A: OwnedData,
    C: JoinSides<V, T, R>,
    M: Settle<R, Out = A>,
    G: Rows<K, V>,
    N: PushChange<K, A::Stored>,
{
    fn push(&mut self, key: &K, response: &Response<T>, cx: &mut Context) -> Flow {
        let (codec, scratch, joiner) = (&self.codec, &mut self.value, &self.joiner);
        let resolved = self.left.with(key, cx, |row| {
            let row = row.map(|(value, _)| value);
            let now = row.map(|value| hash_of(codec, value, scratch)).transpose()?;
            if now != response.hash {
                return Ok(Resolved::Late);
            }
            let joined = row.and_then(|left| joiner.borrow_mut().call(Some(left), response.value.as_ref()));
            Ok(joined.map_or(Resolved::Deleted, Resolved::Joined))
        })?;
        let result = match resolved.map_err(|e: CodecError| cx.error(ErrorKind::Produce, self.node, e.into()))? {
            Resolved::Late => {
                cx.drop_record();
                return Ok(());
            }
            Resolved::Deleted => None,
            Resolved::Joined(result) => M::settle(result, self.node, cx)?.and_then(A::into_stored),
        };
        self.next.change(key, result.as_ref(), None, cx)
    }
}
