//! Operators of a table, but joins.

use super::forms::{Cx, closure_methods};
use super::language::{Behind, GroupedTable, Stream, Table};
use super::options::{JoinedView, Suppressed, View};
use super::shown;
use crate::codec::StreamData;
use crate::operators::ValueTransformer;

impl<K, V> Table<K, V> {
    closure_methods! {
        /// The rows for which the closure is true.
        ///
        /// Kafka Streams: `KTable.filter`.
        fn filter, try_filter, filter__3, try_filter__3(|&K, &V| bool) -> Behind<Table<K, V>, View>;
        /// The rows for which the closure is false.
        ///
        /// Kafka Streams: `KTable.filterNot`.
        fn filter_not, try_filter_not, filter_not__3, try_filter_not__3(|&K, &V| bool) -> Behind<Table<K, V>, View>;
        /// The same rows with new values.
        ///
        /// Kafka Streams: `KTable.mapValues`.
        fn map_values, try_map_values, map_values__2, try_map_values__2[V2: StreamData](|&V| V2) -> Behind<Table<K, V2::Stored>, View>;
        /// The same rows with new values, made of key and value.
        ///
        /// Kafka Streams: `KTable.mapValues` with a `ValueMapperWithKey`.
        fn map_values_with_key, try_map_values_with_key, map_values_with_key__3, try_map_values_with_key__3[V2: StreamData](
            |&K, &V| V2
        ) -> Behind<Table<K, V2::Stored>, View>;
        /// Groups rows by a key that the closure computes, together with a value for the group:
        /// the closure returns `(key, value)`; an aggregation follows.
        ///
        /// Kafka Streams: `KTable.groupBy`.
        fn group_by, try_group_by, group_by__3, try_group_by__3[K2, V2](|&K, &V| (K2, V2)) -> GroupedTable<K2, V2>;
        /// The changes of a table under a new key; the closure sees `None` for a deletion.
        ///
        /// Kafka Streams: `KTable.toStream` with a `KeyValueMapper`.
        fn to_stream_with_key, try_to_stream_with_key, to_stream_with_key__3, try_to_stream_with_key__3[K2](
            |&K, Option<&V>| K2
        ) -> Stream<K2, Option<V>>;
    }

    /// The changes of a table: the new value, or `None` for a deletion.
    ///
    /// Kafka Streams: `KTable.toStream`.
    pub fn to_stream(&self) -> Stream<K, Option<V>> {
        shown()
    }

    /// Holds changes back until the window closes (`until_window_closes()`), or until a time limit
    /// is over (`until_time_limit(seconds(30))`).
    ///
    /// Kafka Streams: `KTable.suppress`.
    pub fn suppress(&self, until: impl Sized) -> Behind<Table<K, V>, Suppressed> {
        let _ = until;
        shown()
    }

    /// The same rows with new values, made by a [`ValueTransformer`] with stores:
    /// `transform_values(transformer, (a, b))`.
    ///
    /// Kafka Streams: `KTable.transformValues`.
    pub fn transform_values<P: ValueTransformer<K, V>>(&self, transformer: P) -> Behind<Table<K, P::ValueOut>, JoinedView> {
        let _ = transformer;
        shown()
    }

    #[doc(hidden)]
    pub fn transform_values__stores<P: ValueTransformer<K, V>>(
        &self,
        transformer: P,
        stores: impl Sized,
    ) -> Behind<Table<K, P::ValueOut>, JoinedView> {
        let _ = (transformer, stores);
        shown()
    }
}
