//! Sources and stores.

use super::language::{Behind, GlobalTable, KeyValueStore, SessionStore, Stream, Table, VersionedStore, WindowStore};
use super::options::{GlobalTableSource, KeyValueSource, SessionSource, StoreSource, StreamSource, TableSource, WindowSource};
use super::shown;
use std::time::Duration;

macro_rules! sources {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),*) -> $gives:ident, $options:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<K: ?Sized, V: ?Sized>($($arg: $type),*) -> Behind<$gives<K, V>, $options> {
            $(let _ = $arg;)*
            shown()
        }
    )*};
}

sources! {
    /// Reads a topic, several topics (`stream([a, b])`), or all topics that match a pattern
    /// (`stream(pattern("orders-.*"))`).
    ///
    /// Kafka Streams: `StreamsBuilder.stream`.
    fn stream(topic: impl Sized) -> Stream, StreamSource;
    /// Reads a topic as a table: the last value of each key. A null deletes the row.
    ///
    /// Kafka Streams: `StreamsBuilder.table`.
    fn table(topic: impl Sized) -> Table, TableSource;
    /// Reads all partitions of a topic into a table that exists once per process.
    ///
    /// Kafka Streams: `StreamsBuilder.globalTable`.
    fn global_table(topic: impl Sized) -> GlobalTable, GlobalTableSource;
    /// A store of values by key, for processors.
    ///
    /// Kafka Streams: `Stores.keyValueStoreBuilder`.
    fn key_value_store() -> KeyValueStore, KeyValueSource;
    /// A store of values by key and window, for processors.
    ///
    /// Kafka Streams: `Stores.windowStoreBuilder`.
    fn window_store(retention: Duration, size: Duration) -> WindowStore, WindowSource;
    /// A store of values by key and session, for processors.
    ///
    /// Kafka Streams: `Stores.sessionStoreBuilder`.
    fn session_store(retention: Duration) -> SessionStore, SessionSource;
    /// A store of values by key with the history of each, for processors.
    ///
    /// Kafka Streams: `Stores.versionedKeyValueStoreBuilder`.
    fn versioned_store(history: Duration) -> VersionedStore, StoreSource;
}

/// All topics whose names match a regular expression as a whole: `stream(pattern("orders-.*"))`.
pub fn pattern(expression: impl Sized) -> impl Sized {
    let _ = expression;
}
