//! Operators of a stream, but joins.

use super::forms::{Cx, closure_methods};
use super::language::{Behind, Grouped, Nothing, Split, Stream, Table};
use super::options::{Aggregated, Deduplicated, Repartitioned, Several, Sink};
use super::shown;
use crate::codec::StreamData;
use crate::operators::MayBeMissing;
use crate::processor::{BranchingFixedKeyProcessor, BranchingProcessor, FixedKeyProcessor, Outputs, Processor, ValueOutputs};
use crate::windows::JoinWindows;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    closure_methods! {
        /// Passes on the records for which the closure is true.
        ///
        /// Kafka Streams: `filter`. Time and headers stay.
        fn filter, try_filter, filter__3, try_filter__3(|&K, &V| bool) -> Stream<K, V>;
        /// Passes on the records for which the closure is false.
        ///
        /// Kafka Streams: `filterNot`. Time and headers stay.
        fn filter_not, try_filter_not, filter_not__3, try_filter_not__3(|&K, &V| bool) -> Stream<K, V>;
        /// Makes a new key and a new value of each record: the closure returns `(key, value)`.
        ///
        /// Kafka Streams: `map`. The key changes, so a grouping or join after it goes through a
        /// repartition topic.
        fn map, try_map, map__3, try_map__3[K2, V2](|&K, &V| (K2, V2)) -> Stream<K2, V2>;
        /// Makes a new value of each value.
        ///
        /// Kafka Streams: `mapValues`. Key, time and headers stay.
        fn map_values, try_map_values, map_values__2, try_map_values__2[V2](|&V| V2) -> Stream<K, V2>;
        /// Makes a new value of each record; the key stays.
        ///
        /// Kafka Streams: `mapValues` with a `ValueMapperWithKey`.
        fn map_values_with_key, try_map_values_with_key, map_values_with_key__3, try_map_values_with_key__3[V2](
            |&K, &V| V2
        ) -> Stream<K, V2>;
        /// Gives each record a new key.
        ///
        /// Kafka Streams: `selectKey`. A grouping or join after it goes through a repartition topic.
        fn select_key, try_select_key, select_key__3, try_select_key__3[K2](|&K, &V| K2) -> Stream<K2, V>;
        /// Looks at each record and passes it on.
        ///
        /// Kafka Streams: `peek`.
        fn peek, try_peek, peek__3, try_peek__3(|&K, &V| ()) -> Stream<K, V>;
        /// Ends the stream with an action for each record.
        ///
        /// Kafka Streams: `foreach`.
        fn for_each, try_for_each, for_each__3, try_for_each__3(|&K, &V| ()) -> Nothing<K, V>;
        /// Groups the records by a new key; an aggregation follows. Always goes through a
        /// repartition topic.
        ///
        /// Kafka Streams: `groupBy`.
        fn group_by, try_group_by, group_by__3, try_group_by__3[K2](|&K, &V| K2) -> Grouped<K2, V>;
        /// Makes any number of records of each, through an emitter: `|key, value, out| out(&key2, &value2)`.
        ///
        /// Kafka Streams: `flatMap`.
        fn flat_map, try_flat_map, flat_map__4, try_flat_map__4[; K2, V2](
            |&K, &V, &mut dyn FnMut(&K2, &V2)| ()
        ) -> Stream<K2, V2>;
        /// Makes any number of values of each, through an emitter: `|value, out| out(&value2)`.
        ///
        /// Kafka Streams: `flatMapValues`.
        fn flat_map_values, try_flat_map_values, flat_map_values__3, try_flat_map_values__3[; V2](
            |&V, &mut dyn FnMut(&V2)| ()
        ) -> Stream<K, V2>;
        /// Makes any number of values of each record, through an emitter: `|key, value, out| out(&value2)`.
        ///
        /// Kafka Streams: `flatMapValues` with a `ValueMapperWithKey`.
        fn flat_map_values_with_key, try_flat_map_values_with_key, flat_map_values_with_key__4,
            try_flat_map_values_with_key__4[; V2](
            |&K, &V, &mut dyn FnMut(&V2)| ()
        ) -> Stream<K, V2>;
    }

    /// Passes on the values that are there: a stream of `V` of one of `Option<V>`.
    ///
    /// Kafka Streams: `filter((key, value) -> value != null)`.
    pub fn present(&self) -> Stream<K, V::Value>
    where
        V: MayBeMissing,
    {
        shown()
    }

    /// Passes on the first record of each key within a time: `dedup(within(minutes(10)))`.
    ///
    /// Kafka Streams: KIP-655.
    pub fn dedup(&self, windows: JoinWindows) -> Behind<Stream<K, V>, Deduplicated> {
        let _ = windows;
        shown()
    }

    closure_methods! {
        /// Passes on the first record of each id within a key and a time:
        /// `dedup_by(|_, order| order.id, within(minutes(10)))`.
        ///
        /// Kafka Streams: KIP-655.
        fn dedup_by, try_dedup_by, dedup_by__3, try_dedup_by__3[I](
            |&K, &V| I, windows: JoinWindows
        ) -> Behind<Stream<K, V>, Deduplicated>;
    }

    /// Prints each record with a label and passes it on.
    ///
    /// Kafka Streams: `print`.
    pub fn print(&self, label: impl Sized) -> Stream<K, V> {
        let _ = label;
        shown()
    }

    /// Both streams in one; no order between them.
    ///
    /// Kafka Streams: `merge`.
    pub fn merge(&self, other: Stream<K, V>) -> Behind<Stream<K, V>, Several> {
        let _ = other;
        shown()
    }

    /// Sends each record to the first branch whose closure is true:
    /// `let (long, short) = lines.split().branch(|_, line| line.len() > 9).otherwise();`
    ///
    /// Kafka Streams: `split`.
    pub fn split(&self) -> Split<K, V, ()> {
        shown()
    }

    /// Writes the stream to an internal topic by its key and reads it back.
    ///
    /// Kafka Streams: `repartition`. It is inserted by itself where a key change meets a grouping or
    /// a join.
    pub fn repartition(&self) -> Behind<Stream<K, V>, Repartitioned> {
        shown()
    }

    /// Writes each record to a topic, or to that which `|key, value, cx| topic` names.
    ///
    /// Kafka Streams: `to`.
    pub fn to(&self, topic: impl Sized) -> Behind<Nothing<K, V>, Sink> {
        let _ = topic;
        shown()
    }

    #[doc(hidden)]
    pub fn to__2<T>(&self, topic: impl FnMut(&K, &V) -> T) -> Behind<Nothing<K, V>, Sink> {
        let _ = topic;
        shown()
    }

    #[doc(hidden)]
    pub fn to__3<T>(&self, topic: impl FnMut(&K, &V, Cx<'_>) -> T) -> Behind<Nothing<K, V>, Sink> {
        let _ = topic;
        shown()
    }

    /// Keeps the last value of each key.
    ///
    /// Kafka Streams: `toTable`.
    pub fn to_table(&self) -> Behind<Table<K::Stored, V::Stored>, Aggregated>
    where
        K: StreamData,
        V: StreamData,
    {
        shown()
    }

    /// Groups the records by the key they have; an aggregation follows.
    ///
    /// Kafka Streams: `groupByKey`.
    pub fn group_by_key(&self) -> Grouped<K, V> {
        shown()
    }

    /// Runs a [`Processor`] for each record, connected to these stores:
    /// `process(processor, (a, b))`. It may forward any records.
    ///
    /// Kafka Streams: `process`.
    pub fn process<P: Processor<K, V>>(&self, processor: P) -> Behind<Stream<P::KeyOut, P::ValueOut>, Several> {
        let _ = processor;
        shown()
    }

    #[doc(hidden)]
    pub fn process__stores<P: Processor<K, V>>(&self, processor: P, stores: impl Sized) -> Behind<Stream<P::KeyOut, P::ValueOut>, Several> {
        let _ = (processor, stores);
        shown()
    }

    #[doc(hidden)]
    pub fn process__outputs<P: BranchingProcessor<K, V>>(&self, processor: P) -> Divided<<P::Outputs as Outputs>::Streams> {
        let _ = processor;
        shown()
    }

    #[doc(hidden)]
    pub fn process__outputs__stores<P: BranchingProcessor<K, V>>(
        &self,
        processor: P,
        stores: impl Sized,
    ) -> Divided<<P::Outputs as Outputs>::Streams> {
        let _ = (processor, stores);
        shown()
    }

    /// Runs a [`FixedKeyProcessor`] for each record, connected to these stores. The key stays.
    ///
    /// Kafka Streams: `processValues`.
    pub fn process_values<P: FixedKeyProcessor<K, V>>(&self, processor: P) -> Behind<Stream<K, P::ValueOut>, Several> {
        let _ = processor;
        shown()
    }

    #[doc(hidden)]
    pub fn process_values__stores<P: FixedKeyProcessor<K, V>>(
        &self,
        processor: P,
        stores: impl Sized,
    ) -> Behind<Stream<K, P::ValueOut>, Several> {
        let _ = (processor, stores);
        shown()
    }

    #[doc(hidden)]
    pub fn process_values__outputs<P: BranchingFixedKeyProcessor<K, V>>(
        &self,
        processor: P,
    ) -> Divided<<P::Outputs as ValueOutputs>::Streams<K>> {
        let _ = processor;
        shown()
    }

    #[doc(hidden)]
    pub fn process_values__outputs__stores<P: BranchingFixedKeyProcessor<K, V>>(
        &self,
        processor: P,
        stores: impl Sized,
    ) -> Divided<<P::Outputs as ValueOutputs>::Streams<K>> {
        let _ = (processor, stores);
        shown()
    }
}

/// The streams of a processor with several outputs, as the real handles have them.
#[derive(Debug)]
pub struct Divided<S>(std::marker::PhantomData<fn() -> S>);

impl<S: Shown> Divided<S> {
    #[doc(hidden)]
    #[must_use]
    pub fn __end(&self) -> S::As {
        shown()
    }
}

/// A tuple of real handles, in the types of this module.
pub trait Shown {
    /// The tuple here.
    type As;
}

macro_rules! tuples {
    ($($key:ident $value:ident),*) => {
        impl<$($key: ?Sized, $value: ?Sized),*> Shown for ($(crate::handles::Stream<$key, $value>,)*) {
            type As = ($(Stream<$key, $value>,)*);
        }
    };
}
tuples!(K1 V1);
tuples!(K1 V1, K2 V2);
tuples!(K1 V1, K2 V2, K3 V3);
tuples!(K1 V1, K2 V2, K3 V3, K4 V4);
tuples!(K1 V1, K2 V2, K3 V3, K4 V4, K5 V5);
tuples!(K1 V1, K2 V2, K3 V3, K4 V4, K5 V5, K6 V6);
tuples!(K1 V1, K2 V2, K3 V3, K4 V4, K5 V5, K6 V6, K7 V7);
tuples!(K1 V1, K2 V2, K3 V3, K4 V4, K5 V5, K6 V6, K7 V7, K8 V8);
