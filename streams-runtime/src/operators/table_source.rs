//! `table("topic")`: a topic read as a table.

use crate::codec::StreamData;
use crate::handles::Table;
use crate::node::PushChange;
use crate::task::TaskBuilder;

use super::to_table::ToTableNode;

/// A table's source before it is attached. The topic is read as a stream whose values may be null, straight into the table's store.
///
/// Kafka Streams: `StreamsBuilder.table`. Records with a null key are left out and counted as dropped; a record older than the row still replaces it.
#[derive(Clone, Copy, Debug)]
pub struct TableSource<K, V> {
    table: Table<K, V>,
}

impl<K, V> TableSource<K, V>
where
    K: StreamData<Stored = K, Present = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V, Present = V> + Clone + Send + Sync + 'static,
{
    /// The source of `table`.
    pub fn new(table: &Table<K, V>) -> Self {
        TableSource { table: *table }
    }

    /// The stream that its topic is read as.
    pub fn records(&self) -> crate::handles::Stream<Option<K>, Option<V>> {
        let _ = self.table;
        crate::handles::Stream::handle()
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(&self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> ToTableNode<Option<K>, Option<V>, N>
    where
        N: PushChange<K, V>,
    {
        self.records().to_table().1.attach(b, name, next)
    }
}
