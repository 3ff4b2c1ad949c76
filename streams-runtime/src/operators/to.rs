//! `to`: records into a topic.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::partitioned_by::{ByKey, ByPartitioner, ChoosePartitions, IntoPartitions};
use crate::codec::{Codec, CodecError, Encoded, Known, StreamData, format_of};
use crate::context::{Context, Destination, Target, Unwritten};
use crate::error::{BoxError, ErrorKind, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::produce_error::ProduceErrorKind;
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Writes the records to a topic, in the formats of their types.
    ///
    /// Kafka Streams: `to`. Time and headers of the record go with it; the partition follows from the bytes of the key (murmur2), records
    /// with a null key are spread, those with a key in a window ([`Windowed`](crate::Windowed)) go by the key inside. What cannot be written goes to
    /// the handler of `on_produce_error` ([`OnProduceError`](crate::OnProduceError)).
    // The codecs are inferred from the bounds, so that a type without a format is one error in the words of `StreamData`.
    pub fn to<KC, VC>(&self) -> To<K, V, KC, VC>
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
    {
        To::new(format_of::<K>(), format_of::<V>())
    }

    /// In `topology!` this is written `to("topic").with(KeyCodec, ValueCodec)`.
    ///
    /// [`to`](Self::to) in other formats: `.to("topic").with(KeyCodec, ValueCodec)`.
    pub fn to_with<KC, VC, S, V2>(&self, key_codec: KC, value_codec: VC) -> To<K, V, KC, VC>
    where
        KC: Codec<K, Slot = S>,
        S: Known<V, Is = V2>,
        VC: Codec<V2>,
        V2: ?Sized,
    {
        To::new(key_codec, value_codec)
    }
}

/// The operator before it has a topic.
pub struct To<K: ?Sized, V: ?Sized, KC, VC, P = ByKey> {
    key_codec: KC,
    value_codec: VC,
    node: &'static str,
    by_whole_keys: bool,
    drops_null_keys: bool,
    partitioner: P,
    /// The partitions of the record at hand, if they do not follow from its key.
    chosen: Vec<u32>,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized, KC, VC> To<K, V, KC, VC> {
    fn new(key_codec: KC, value_codec: VC) -> Self {
        let (by_whole_keys, drops_null_keys) = (false, false);
        To {
            key_codec,
            value_codec,
            node: "to",
            by_whole_keys,
            drops_null_keys,
            partitioner: ByKey,
            chosen: Vec::new(),
            types: PhantomData,
        }
    }

    /// Chooses the partitions of each record: the closure gets key, value and the number of partitions.
    ///
    /// Kafka Streams: `StreamPartitioner` of `Produced` and `Repartitioned` (KIP-873). A partition that the topic does not have goes to the handler of results that cannot be written ([`OnProduceError`](crate::OnProduceError)).
    /// What follows a repartition, or reads the topic, must not expect records of one key in one place any more than the closure sees to it: both sides
    /// of a join have to be divided alike, and a query by key looks where the key's own partition is.
    // The operator is inferred from the bound, so that a mistake in the closure is one error.
    #[with_cx]
    pub fn partitioned_by<F, T, J>(self, f: F) -> J
    where
        F: FnMut(&K, &V, u32) -> T,
        T: IntoPartitions,
        T: IntoPartitions<Operator<To<K, V, KC, VC, ByPartitioner<F, T>>> = J>,
    {
        let To { key_codec, value_codec, node, by_whole_keys, drops_null_keys, chosen, .. } = self;
        T::op(To {
            key_codec,
            value_codec,
            node,
            by_whole_keys,
            drops_null_keys,
            partitioner: ByPartitioner(f, PhantomData),
            chosen,
            types: PhantomData,
        })
    }
}

impl<K: ?Sized, V: ?Sized, KC, VC, P> To<K, V, KC, VC, P> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Leaves out records with a null key, as the repartition before a grouping or a join does.
    #[must_use]
    pub fn without_null_keys(mut self) -> Self {
        self.drops_null_keys = true;
        self.by_whole_keys()
    }

    /// Partitions by all of the key, also of one in a window, as Kafka Streams does in its own topics.
    #[must_use]
    pub fn by_whole_keys(mut self) -> Self {
        self.by_whole_keys = true;
        self
    }

    /// Makes the node that writes to `topic`.
    pub fn attach(self, b: &mut TaskBuilder<'_>, topic: &str) -> Sink<K, V, KC, VC, P> {
        let name = if b.is_internal(topic) { SinkTopic::Internal(topic.to_owned()) } else { SinkTopic::Users(topic.to_owned()) };
        Sink { target: b.target(topic), topic: name, op: self }
    }

    /// Makes the node that writes to the topic that `f` names for each record.
    #[with_cx]
    pub fn attach_dynamic<F, T>(self, f: F) -> DynamicSink<Self, F, T>
    where
        F: FnMut(&K, &V) -> T,
        T: AsRef<str>,
    {
        DynamicSink { f, op: self, topic: SinkTopic::Users(String::new()), named: PhantomData }
    }

    #[inline]
    fn push(&mut self, target: Target, topic: &SinkTopic, key: &K, value: &V, cx: &mut Context) -> Flow
    where
        KC: Codec<K>,
        VC: Codec<V>,
        P: ChoosePartitions<K, V>,
    {
        cx.scoped(P::SEES_CX, |cx| self.write(target, topic, key, value, cx))
    }

    #[inline]
    fn write(&mut self, target: Target, topic: &SinkTopic, key: &K, value: &V, cx: &mut Context) -> Flow
    where
        KC: Codec<K>,
        VC: Codec<V>,
        P: ChoosePartitions<K, V>,
    {
        let (mut key_bytes, mut value_bytes) = cx.take_scratch();
        let flow = match (self.key_codec.encode(key, &mut key_bytes), self.value_codec.encode(value, &mut value_bytes)) {
            (Ok(Encoded::Null), Ok(_)) if self.drops_null_keys => Ok(()),
            (Ok(encoded_key), Ok(encoded_value)) => {
                self.chosen.clear();
                let count = u32::try_from(target.partitions).unwrap_or(0);
                let chosen = self.partitioner.choose(key, value, count, &mut self.chosen, &mut cx.record);
                let has_key = encoded_key == Encoded::Bytes && (!KC::NO_KEY || self.by_whole_keys);
                let key = has_key.then_some(&key_bytes[..]);
                let value = (encoded_value == Encoded::Bytes).then_some(&value_bytes[..]);
                if chosen {
                    self.send_to_chosen(target, topic, key, value, cx)
                } else {
                    let partitioned_by = if self.by_whole_keys { key } else { key.map(|key| self.key_codec.partitioned_by(key)) };
                    self.send(target, topic, target.partition_of(partitioned_by), (key, value), cx)
                }
            }
            (key, value) => {
                let shown = |encoded: &Result<Encoded, CodecError>| matches!(encoded, Ok(Encoded::Bytes));
                let key_shown = shown(&key).then_some(&key_bytes[..]);
                let value_shown = shown(&value).then_some(&value_bytes[..]);
                match (key, value) {
                    (Err(e), _) => self.refuse(ProduceErrorKind::Encode, topic, (key_shown, value_shown), format!("key: {e}").into(), cx),
                    (_, Err(e)) => self.refuse(ProduceErrorKind::Encode, topic, (key_shown, value_shown), format!("value: {e}").into(), cx),
                    _ => Ok(()),
                }
            }
        };
        cx.put_scratch((key_bytes, value_bytes));
        flow
    }

    /// Key and value in their bytes, as far as they have any.
    #[cold]
    fn shown(&self, key: &K, value: &V) -> (Option<Vec<u8>>, Option<Vec<u8>>)
    where
        KC: Codec<K>,
        VC: Codec<V>,
    {
        let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
        let has_key = self.key_codec.encode(key, &mut key_bytes) == Ok(Encoded::Bytes);
        let has_value = self.value_codec.encode(value, &mut value_bytes) == Ok(Encoded::Bytes);
        (has_key.then_some(key_bytes), has_value.then_some(value_bytes))
    }

    #[inline]
    fn send(&self, target: Target, topic: &SinkTopic, partition: i32, record: (Option<&[u8]>, Option<&[u8]>), cx: &mut Context) -> Flow {
        let (key, value) = record;
        match topic {
            SinkTopic::Users(topic) => cx.send_result(self.node, Destination { target, topic, partition }, key, value),
            SinkTopic::Internal(_) => cx.send_to(target, partition, key, value).map_err(|e| cx.produce_error(self.node, e)),
        }
    }

    fn send_to_chosen(&self, target: Target, topic: &SinkTopic, key: Option<&[u8]>, value: Option<&[u8]>, cx: &mut Context) -> Flow {
        for &chosen in &self.chosen {
            match i32::try_from(chosen).ok().filter(|partition| *partition < target.partitions) {
                Some(partition) => self.send(target, topic, partition, (key, value), cx)?,
                None => {
                    let problem = format!("`partitioned_by` gave partition {chosen} of a topic with {} partitions", target.partitions);
                    self.refuse(ProduceErrorKind::Partition, topic, (key, value), problem.into(), cx)?;
                }
            }
        }
        Ok(())
    }

    /// A record cannot be written: a result goes to its handler, what the topology writes for itself is never left out.
    #[cold]
    fn refuse(
        &self,
        kind: ProduceErrorKind,
        topic: &SinkTopic,
        (key, value): (Option<&[u8]>, Option<&[u8]>),
        source: BoxError,
        cx: &mut Context,
    ) -> Flow {
        match topic {
            SinkTopic::Users(topic) => cx.fail_result(Unwritten { kind, node: self.node, topic, partition: None, key, value, source }),
            // What has no bytes is the fault of the record at hand.
            SinkTopic::Internal(topic) if matches!(kind, ProduceErrorKind::Encode) => {
                cx.fail(ErrorKind::Process, self.node, format!("{source}, for `{topic}`").into())
            }
            SinkTopic::Internal(topic) => {
                let problem = format!("{source}; `{topic}` is a topic of the application's own, and none of its records can be left out");
                Err(cx.error(ErrorKind::Produce, self.node, problem.into()))
            }
        }
    }
}

/// The name of a topic that is written.
enum SinkTopic {
    /// One with results.
    Users(String),
    /// One that a later part of the topology reads.
    Internal(String),
}

/// Writes to one topic.
pub struct Sink<K: ?Sized, V: ?Sized, KC, VC, P = ByKey> {
    op: To<K, V, KC, VC, P>,
    target: Target,
    topic: SinkTopic,
}

impl<K: ?Sized, V: ?Sized, KC, VC, P> Node for Sink<K, V, KC, VC, P> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<K, V, KC, VC, P> Push<K, V> for Sink<K, V, KC, VC, P>
where
    K: ?Sized,
    V: ?Sized,
    KC: Codec<K>,
    VC: Codec<V>,
    P: ChoosePartitions<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        self.op.push(self.target, &self.topic, key, value, cx)
    }
}

/// Writes to topics whose names are computed.
pub struct DynamicSink<O, F, T> {
    op: O,
    f: F,
    /// Of the last record.
    topic: SinkTopic,
    named: PhantomData<fn() -> T>,
}

impl<O, F, T> Node for DynamicSink<O, F, T> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<K, V, KC, VC, P, F, T> Push<K, V> for DynamicSink<To<K, V, KC, VC, P>, F, T>
where
    K: ?Sized,
    V: ?Sized,
    KC: Codec<K>,
    VC: Codec<V>,
    P: ChoosePartitions<K, V>,
    F: for<'a> Call<(&'a K, &'a V), T>,
    T: AsRef<str>,
{
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| {
            let name = self.f.call((key, value), &mut cx.record);
            let name = name.as_ref();
            if !matches!(&self.topic, SinkTopic::Users(known) if known == name) {
                self.topic = SinkTopic::Users(name.to_owned());
            }
            match cx.target(name) {
                Ok(target) => self.op.push(target, &self.topic, key, value, cx),
                Err(e) => match e.refusal() {
                    // The broker is away; there is nothing wrong with the record.
                    None => Err(cx.error(ErrorKind::Produce, self.op.node, e.into())),
                    Some(kind) => {
                        let (key, value) = self.op.shown(key, value);
                        self.op.refuse(kind, &self.topic, (key.as_deref(), value.as_deref()), e.into(), cx)
                    }
                },
            }
        })
    }
}
