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

    /// A right row, or its key, has no bytes. The record at hand is at fault, as in front of a
    /// repartition topic.
    #[cold]
    fn refuse(&self, error: CodecError, cx: &mut Context) -> Flow {
        cx.fail(ErrorKind::Process, self.node, error.into())
    }

    #[cold]
    fn store_error(&self, error: StoreError, cx: &Context) -> Box<TaskError> {
        cx.store_error(&self.store_name, error)
    }
}

/// What a subscription finds on the right.
#[derive(Clone, Copy)]
enum Found {
    Row {
        at_ms: i64,
    },
    NoRow,
    /// The row cannot be written. A handler has let the task go on, so nothing is answered.
    LeftOut,
}

impl Found {
    /// The time of the row, for a result that is not older than it.
    fn time_ms(self) -> i64 {
        match self {
            Found::Row { at_ms } => at_ms,
            Found::NoRow | Found::LeftOut => i64::MIN,
        }
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
    /// Keeps the subscription, or forgets it; and takes the right value. Gives what there is on the
    /// right.
    fn look_up(&mut self, key: &TK, subscription: &Subscription, cx: &mut Context) -> Result<Found, Box<TaskError>> {
        self.foreign_key.clear();
        match self.key_codec.encode(key, &mut self.foreign_key) {
            Ok(Encoded::Bytes) => {}
            Ok(Encoded::Null) => return Ok(Found::NoRow),
            Err(e) => return self.answers.refuse(e, cx).map(|()| Found::LeftOut),
        }
        combined_key(&self.foreign_key, &mut self.combined);
        self.combined.extend_from_slice(&subscription.primary_key);
        let at_ms = cx.timestamp_ms;
        let kept = cx.stores.get(self.answers.store).apply(&self.combined, subscription, at_ms);
        kept.map_err(|e| self.answers.store_error(e, cx))?;
        let answers = &mut self.answers;
        let found = self.rows.with(key, cx, |row, _| match row {
            Some((value, at_ms)) => answers.set_value(Some(value)).map(|()| Found::Row { at_ms }),
            None => answers.set_value(None).map(|()| Found::NoRow),
        })?;
        found.or_else(|e| self.answers.refuse(e, cx).map(|()| Found::LeftOut))
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
        let found = match key {
            Some(key) => self.look_up(key, subscription, cx)?,
            // A left row that names no right one only wants an answer.
            None if subscription.instruction == Instruction::AnswerAlways => Found::NoRow,
            None => {
                return cx.drop_record(self.answers.node, DropReason::NullForeignKey);
            }
        };
        let found_ms = match (subscription.instruction, found) {
            (Instruction::DeleteQuietly, _) | (Instruction::AnswerIfFound, Found::NoRow) => return Ok(()),
            (Instruction::DeleteAndAnswer, found) => {
                self.answers.set_none();
                found.time_ms()
            }
            (Instruction::AnswerIfFound | Instruction::AnswerAlways, Found::LeftOut) => return Ok(()),
            (Instruction::AnswerIfFound | Instruction::AnswerAlways, found) => found.time_ms(),
        };
        let record_ms = cx.timestamp_ms;
        cx.timestamp_ms = record_ms.max(found_ms);
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
            Err(e) => return self.answers.refuse(e, cx),
        }
        combined_key(&self.foreign_key, &mut self.prefix);
        if let Err(e) = self.answers.set_value(new) {
            return self.answers.refuse(e, cx);
        }
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
