//! The left side of a foreign-key join: what a change of a left row means to the right side.
//!
//! A subscription carries the hash of the left value, and its answers bring the hash back. What is hashed are the bytes that are stored of the
//! row: a value that is encoded anew may have others, such as a `HashMap` in another order. A view has no bytes; its rows go by those of the
//! table that it is a view of.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use super::super::rows::{Rows, StoredHash};
use super::super::table_map_values::CallRow;
use super::ForeignKey;
use crate::codec::murmur3::ValueHash;
use crate::codec::subscription::{Instruction, Subscription};
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::{Context, RecordContext, Target};
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::{Node, PushChange, Signal};

/// Writes subscriptions.
pub struct Asks<X, FK, K: StreamData, V: StreamData, TK, FC> {
    foreign_key: Rc<RefCell<X>>,
    target: Target,
    /// Where the answers are to go: the partition that the left row is in.
    partition: i32,
    pub(super) node: &'static str,
    key_codec: K::Codec,
    value_codec: V::Codec,
    foreign_codec: FC,
    key: Vec<u8>,
    message: Vec<u8>,
    types: PhantomData<fn() -> (FK, TK)>,
}

impl<X, FK, K: StreamData, V: StreamData, TK, FC: Codec<TK>> Asks<X, FK, K, V, TK, FC> {
    pub(super) fn new(foreign_key: Rc<RefCell<X>>, foreign_codec: FC, target: Target, partition: i32, node: &'static str) -> Self {
        Asks {
            foreign_key,
            target,
            partition,
            node,
            key_codec: K::Codec::default(),
            value_codec: V::Codec::default(),
            foreign_codec,
            key: Vec::new(),
            message: Vec::new(),
            types: PhantomData,
        }
    }

    /// Takes the key of the left row that the next subscriptions are of.
    pub(super) fn set_key(&mut self, key: &K) -> Result<&[u8], CodecError> {
        self.key.clear();
        self.key_codec.encode(key, &mut self.key)?;
        Ok(&self.key)
    }

    /// The hash that goes with a row: of what is stored, else of what would be.
    pub(super) fn hash(&mut self, value: &V, stored: StoredHash) -> Result<ValueHash, CodecError> {
        match stored {
            StoredHash::Of(hash) => Ok(hash),
            StoredHash::Absent | StoredHash::Unwritten => self.hash_of_new_bytes(value),
        }
    }

    fn hash_of_new_bytes(&mut self, value: &V) -> Result<ValueHash, CodecError> {
        self.message.clear();
        self.value_codec.encode(value, &mut self.message)?;
        Ok(ValueHash::of(&self.message))
    }

    /// Whether an answer with this hash is for the row as it is now.
    ///
    /// Values whose bytes are equal are one value, so that an answer to the bytes of now is in time wherever they come from. That is how
    /// subscriptions of a view are known that Kafka Streams or an earlier version has written, and rows that were only written again since.
    /// Where one value has several bytes, the answer may count as late although it is not; then the row is still to be flushed, and asks again.
    pub(super) fn is_answer_to(&mut self, row: Option<&V>, stored: StoredHash, hash: Option<ValueHash>) -> Result<bool, CodecError> {
        match (row, hash) {
            (Some(value), Some(hash)) => Ok(stored == StoredHash::Of(hash) || self.hash_of_new_bytes(value)? == hash),
            (None, None) => Ok(true),
            (Some(_), None) | (None, Some(_)) => Ok(false),
        }
    }

    /// The bytes of a row's foreign key; whether it has one.
    pub(super) fn foreign_key(&mut self, key: &K, value: Option<&V>, out: &mut Vec<u8>, cx: &mut RecordContext) -> Result<bool, CodecError>
    where
        X: CallRow<K, V, FK>,
        FK: ForeignKey<TK>,
    {
        out.clear();
        let foreign_key = value.and_then(|value| self.foreign_key.borrow_mut().call_aside(key, value, cx).into_key());
        match foreign_key {
            Some(foreign_key) => Ok(self.foreign_codec.encode(&foreign_key, out)? == Encoded::Bytes),
            None => Ok(false),
        }
    }

    pub(super) fn send(&mut self, foreign_key: Option<&[u8]>, instruction: Instruction, hash: Option<ValueHash>, cx: &mut Context) -> Flow {
        self.message.clear();
        Subscription::begin(hash, instruction, &mut self.message);
        self.message.extend_from_slice(&self.key);
        Subscription::end(self.partition, &mut self.message);
        cx.send(self.target, foreign_key, foreign_key, Some(&self.message)).map_err(|e| cx.produce_error(self.node, e))
    }

    /// A left row, its key or its foreign key has no bytes. The record at hand is at fault, as in
    /// front of a repartition topic.
    #[cold]
    pub(super) fn refuse(&self, error: CodecError, cx: &mut Context) -> Flow {
        cx.fail(ErrorKind::Process, self.node, error.into())
    }

    #[cold]
    pub(super) fn error(&self, error: CodecError, cx: &Context) -> Box<TaskError> {
        cx.error(ErrorKind::Produce, self.node, error.into())
    }
}

/// Takes the changes of the left table, whose rows are `G`, and asks with `A`.
pub struct SubscribeNode<A, G> {
    asks: A,
    rows: G,
    /// Of a left join: every change has an answer.
    left: bool,
    /// The table has a history: what is older than the latest change of its key is left out.
    latest_only: bool,
    /// The bytes of the foreign key before the change, and of the one after it.
    before: Vec<u8>,
    after: Vec<u8>,
}

impl<A, G> SubscribeNode<A, G> {
    pub(super) fn new(asks: A, rows: G, left: bool) -> Self {
        SubscribeNode { asks, rows, left, latest_only: false, before: Vec::new(), after: Vec::new() }
    }

    /// Leaves out, and counts as dropped, changes that are older than the latest of their key: those of a table with a history.
    #[must_use]
    pub fn latest_only(mut self) -> Self {
        self.latest_only = true;
        self
    }
}

impl<A, G> Node for SubscribeNode<A, G> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

/// What is sent, in order: to the foreign key from before the change, and to the one after it.
struct Plan {
    leave: Option<Instruction>,
    enter: Option<Instruction>,
    /// There is a new row that names no right one, and an inner join has no place for it.
    dropped: bool,
}

/// `before` and `after` say whether there is a foreign key, `same` whether both are one, `deleted` whether the left row is gone.
fn plan(left: bool, before: bool, after: bool, same: bool, deleted: bool) -> Plan {
    use Instruction::{AnswerAlways, AnswerIfFound, DeleteAndAnswer, DeleteQuietly};
    let moved = before && !same;
    if left {
        // Every change of a left row has a result, so something has to answer: without a foreign key, whoever gets the message.
        return Plan { leave: moved.then_some(DeleteQuietly), enter: Some(AnswerAlways), dropped: false };
    }
    if !after {
        // Whether there was a result is not known here, so there may be a deletion of nothing.
        return Plan { leave: before.then_some(DeleteAndAnswer), enter: None, dropped: !deleted };
    }
    // With another right row the result before has to go, whether there is a new one or not.
    Plan { leave: moved.then_some(DeleteQuietly), enter: Some(if moved { AnswerAlways } else { AnswerIfFound }), dropped: false }
}

impl<X, FK, K, V, TK, FC, G> SubscribeNode<Asks<X, FK, K, V, TK, FC>, G>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
{
    /// The bytes of key and foreign keys, and what is to be sent, with the hash of the new value and whether it has a foreign key.
    fn prepare(
        &mut self,
        key: &K,
        new: Option<&V>,
        old: Option<&V>,
        stored: StoredHash,
        cx: &mut RecordContext,
    ) -> Result<(Plan, Option<ValueHash>, bool), CodecError> {
        let before = self.asks.foreign_key(key, old, &mut self.before, cx)?;
        let after = self.asks.foreign_key(key, new, &mut self.after, cx)?;
        // Two keys are one if their bytes are.
        let same = before == after && self.before == self.after;
        let hash = new.map(|new| self.asks.hash(new, stored)).transpose()?;
        self.asks.set_key(key)?;
        Ok((plan(self.left, before, after, same, new.is_none()), hash, after))
    }
}

impl<X, FK, K, V, TK, FC, G> PushChange<K, V> for SubscribeNode<Asks<X, FK, K, V, TK, FC>, G>
where
    X: CallRow<K, V, FK>,
    FK: ForeignKey<TK>,
    K: StreamData,
    V: StreamData,
    FC: Codec<TK>,
    G: Rows<K, V>,
{
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        if self.latest_only && !cx.is_latest {
            return cx.drop_record(self.asks.node, DropReason::Outdated);
        }
        if new.is_none() && old.is_none() {
            return Ok(());
        }
        // A change is handed on when the row has just been flushed, or put into its history.
        let stored = if new.is_some() { self.rows.stored_hash(key, cx)? } else { StoredHash::Absent };
        let (plan, hash, after) = match self.prepare(key, new, old, stored, &mut cx.record) {
            Ok(prepared) => prepared,
            Err(e) => return self.asks.refuse(e, cx),
        };
        if plan.dropped {
            cx.drop_record(self.asks.node, DropReason::NullForeignKey)?;
        }
        if let Some(instruction) = plan.leave {
            self.asks.send(Some(&self.before), instruction, hash, cx)?;
        }
        if let Some(instruction) = plan.enter {
            self.asks.send(after.then_some(&self.after[..]), instruction, hash, cx)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instructions as bytes, and whether the row was dropped.
    fn sent(left: bool, before: Option<&str>, after: Option<&str>, deleted: bool) -> (Option<u8>, Option<u8>, bool) {
        let Plan { leave, enter, dropped } = plan(left, before.is_some(), after.is_some(), before == after, deleted);
        let byte = |instruction: Option<Instruction>| instruction.map(|i| i as u8);
        (byte(leave), byte(enter), dropped)
    }

    #[test]
    fn each_change_means_what_it_means_in_kafka_streams() {
        let (a, b) = (Some("a"), Some("b"));
        // Left join or not, foreign key before and after, whether the left row is gone.
        for (left, before, after, deleted, expected) in [
            (false, None, a, false, (None, Some(3), false)),
            (false, a, a, false, (None, Some(3), false)),
            (false, a, b, false, (Some(0), Some(2), false)),
            (false, a, None, true, (Some(1), None, false)),
            (false, None, None, true, (None, None, false)),
            (false, a, None, false, (Some(1), None, true)),
            (false, None, None, false, (None, None, true)),
            (true, None, a, false, (None, Some(2), false)),
            (true, None, None, false, (None, Some(2), false)),
            (true, a, a, false, (None, Some(2), false)),
            (true, a, b, false, (Some(0), Some(2), false)),
            (true, a, None, true, (Some(0), Some(2), false)),
            (true, a, None, false, (Some(0), Some(2), false)),
        ] {
            assert_eq!(sent(left, before, after, deleted), expected, "{left} {before:?} {after:?} {deleted}");
        }
    }
}
