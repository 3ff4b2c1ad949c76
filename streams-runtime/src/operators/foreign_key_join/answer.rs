//! The right side of a foreign-key join: it keeps who waits for which row, and answers at once and whenever a row changes.

use std::marker::PhantomData;

use super::super::rows::Rows;
use super::subscription_store;
use crate::codec::murmur3::ValueHash;
use crate::codec::subscription::{Instruction, Subscription, begin_response, combined_key, primary_key};
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::{Context, Target};
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::{Node, Push, PushChange, Signal};
use crate::partition::partition_for_key;
use crate::plan::ForeignKeyTopic;
use crate::stores::StoreError;
use crate::stores::handle::Place;
use crate::stores::subscriptions::SubscriptionStore;
use crate::task::TaskBuilder;

/// What both nodes of the right side do: they read or write subscriptions, and write answers.
pub(super) struct Answers<T: StreamData> {
    store: Place<SubscriptionStore>,
    store_name: String,
    target: Target,
    node: &'static str,
    codec: T::Codec,
    /// The right value, if there is one.
    value: Vec<u8>,
    there: bool,
    message: Vec<u8>,
}

impl<T: StreamData> Answers<T> {
    pub(super) fn new(b: &mut TaskBuilder<'_>, join: &str, node: &'static str) -> Self {
        let store_name = subscription_store(join);
        Answers {
            store: b.subscription_store(&store_name),
            store_name,
            target: b.foreign_key_target(&ForeignKeyTopic::Responses(join.to_owned())),
            node,
            codec: T::Codec::default(),
            value: Vec::new(),
            there: false,
            message: Vec::new(),
        }
    }

    /// Takes the right value for the answers that follow.
    fn set_value(&mut self, value: Option<&T>) -> Result<(), CodecError> {
        self.value.clear();
        self.there = value.is_some();
        match value {
            Some(value) => self.codec.encode(value, &mut self.value).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The answers that follow say that there is no right row.
    fn set_none(&mut self) {
        self.value.clear();
        self.there = false;
    }

    fn send(&mut self, hash: Option<ValueHash>, partition: Option<i32>, primary_key: &[u8], cx: &mut Context) -> Flow {
        self.message.clear();
        begin_response(hash, self.there && self.value.is_empty(), &mut self.message);
        self.message.extend_from_slice(&self.value);
        // Subscriptions of the first version do not say where their row is: then it is where its key is by default.
        let known = partition.filter(|partition| (0..self.target.partitions).contains(partition));
        let partition = known.unwrap_or_else(|| partition_for_key(primary_key, self.target.partitions));
        cx.send_to(self.target, partition, Some(primary_key), Some(&self.message)).map_err(|e| cx.produce_error(self.node, e))
    }

    #[cold]
    fn encode_error(&self, error: CodecError, cx: &Context) -> Box<TaskError> {
        cx.error(ErrorKind::Produce, self.node, error.into())
    }

    #[cold]
    fn store_error(&self, error: StoreError, cx: &Context) -> Box<TaskError> {
        cx.store_error(&self.store_name, error)
    }
}

/// Takes subscriptions, and looks them up in the rows of the right table.
pub(super) struct SubscriptionsNode<TK, T: StreamData, FC, G> {
    answers: Answers<T>,
    rows: G,
    key_codec: FC,
    combined: Vec<u8>,
    foreign_key: Vec<u8>,
    types: PhantomData<fn() -> TK>,
}

impl<TK, T: StreamData, FC, G> SubscriptionsNode<TK, T, FC, G> {
    pub(super) fn new(answers: Answers<T>, key_codec: FC, rows: G) -> Self {
        SubscriptionsNode { answers, rows, key_codec, combined: Vec::new(), foreign_key: Vec::new(), types: PhantomData }
    }
}

impl<TK, T: StreamData, FC, G> Node for SubscriptionsNode<TK, T, FC, G> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<TK, T, FC, G> SubscriptionsNode<TK, T, FC, G>
where
    T: StreamData,
    FC: Codec<TK>,
    G: Rows<TK, T>,
{
    /// Keeps the subscription, or forgets it; and takes the right value. Gives whether there is a right row, and its time.
    fn look_up(&mut self, key: &TK, subscription: &Subscription, cx: &mut Context) -> Result<Option<i64>, Box<TaskError>> {
        self.foreign_key.clear();
        match self.key_codec.encode(key, &mut self.foreign_key) {
            Ok(Encoded::Bytes) => {}
            Ok(Encoded::Null) => return Ok(None),
            Err(e) => return Err(self.answers.encode_error(e, cx)),
        }
        combined_key(&self.foreign_key, &mut self.combined);
        self.combined.extend_from_slice(&subscription.primary_key);
        let at_ms = cx.timestamp_ms;
        let kept = cx.stores.get(self.answers.store).apply(&self.combined, subscription, at_ms);
        kept.map_err(|e| self.answers.store_error(e, cx))?;
        let answers = &mut self.answers;
        let found = self.rows.with(key, cx, |row, _| match row {
            Some((value, at_ms)) => answers.set_value(Some(value)).map(|()| Some(at_ms)),
            None => answers.set_value(None).map(|()| None),
        })?;
        found.map_err(|e| self.answers.encode_error(e, cx))
    }
}

impl<TK, T, FC, G> Push<Option<TK>, Subscription> for SubscriptionsNode<TK, T, FC, G>
where
    T: StreamData,
    FC: Codec<TK>,
    G: Rows<TK, T>,
{
    fn push(&mut self, key: &Option<TK>, subscription: &Subscription, cx: &mut Context) -> Flow {
        self.answers.set_none();
        let found_ms = match key {
            Some(key) => self.look_up(key, subscription, cx)?,
            // A left row that names no right one only wants an answer.
            None if subscription.instruction == Instruction::AnswerAlways => None,
            None => {
                return cx.drop_record(self.answers.node, DropReason::NullForeignKey);
            }
        };
        match subscription.instruction {
            Instruction::DeleteQuietly => return Ok(()),
            Instruction::AnswerIfFound if found_ms.is_none() => return Ok(()),
            Instruction::DeleteAndAnswer => self.answers.set_none(),
            Instruction::AnswerIfFound | Instruction::AnswerAlways => {}
        }
        let record_ms = cx.timestamp_ms;
        cx.timestamp_ms = record_ms.max(found_ms.unwrap_or(i64::MIN));
        let flow = self.answers.send(subscription.hash, subscription.partition, &subscription.primary_key, cx);
        cx.timestamp_ms = record_ms;
        flow
    }
}

/// Takes the changes of the right table and answers all who wait for the row.
pub struct RightRowChanges<TK, T: StreamData, FC> {
    answers: Answers<T>,
    key_codec: FC,
    foreign_key: Vec<u8>,
    prefix: Vec<u8>,
    row: Vec<u8>,
    /// The table has a history: what is older than the latest change of its key is left out.
    latest_only: bool,
    types: PhantomData<fn() -> TK>,
}

impl<TK, T: StreamData, FC> RightRowChanges<TK, T, FC> {
    pub(super) fn new(answers: Answers<T>, key_codec: FC) -> Self {
        RightRowChanges {
            answers,
            key_codec,
            foreign_key: Vec::new(),
            prefix: Vec::new(),
            row: Vec::new(),
            latest_only: false,
            types: PhantomData,
        }
    }

    /// Leaves out, and counts as dropped, changes that are older than the latest of their key: those of a table with a history.
    #[must_use]
    pub fn latest_only(mut self) -> Self {
        self.latest_only = true;
        self
    }
}

impl<TK, T: StreamData, FC> Node for RightRowChanges<TK, T, FC> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<TK, T: StreamData, FC: Codec<TK>> PushChange<TK, T> for RightRowChanges<TK, T, FC> {
    fn change(&mut self, key: &TK, new: Option<&T>, _: Option<&T>, cx: &mut Context) -> Flow {
        if self.latest_only && !cx.is_latest {
            return cx.drop_record(self.answers.node, DropReason::Outdated);
        }
        self.foreign_key.clear();
        match self.key_codec.encode(key, &mut self.foreign_key) {
            Ok(Encoded::Bytes) => {}
            Ok(Encoded::Null) => {
                return cx.drop_record(self.answers.node, DropReason::NullKey);
            }
            Err(e) => return Err(self.answers.encode_error(e, cx)),
        }
        combined_key(&self.foreign_key, &mut self.prefix);
        self.answers.set_value(new).map_err(|e| self.answers.encode_error(e, cx))?;
        self.row.clear();
        loop {
            let next = cx.stores.get(self.answers.store).next(&self.prefix, &mut self.row);
            let Some((hash, partition)) = next.map_err(|e| self.answers.store_error(e, cx))? else { return Ok(()) };
            if let Some(primary_key) = primary_key(&self.row) {
                self.answers.send(hash, partition, primary_key, cx)?;
            }
        }
    }
}
