//! `table("topic")`: a topic read as a table.

use crate::codec::{KeyData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::Flow;
use crate::handles::Table;
use crate::node::{Node, Push, PushChange, Signal};
use crate::task::TaskBuilder;

use super::to_table::{ToTable, ToTableNode};

/// A table's source before it is attached. The topic is read as a stream whose values may be null, straight into the table's store.
///
/// Kafka Streams: `StreamsBuilder.table`. Records with a null key are left out and counted as dropped; a record older than the row still replaces it.
/// With `.versioned(history)` it becomes an earlier version instead, and one that is older than the history is left out and counted as dropped.
#[derive(Clone, Copy, Debug)]
pub struct TableSource<K, V> {
    table: Table<K, V>,
}

/// What a table can have as its key or value: an owned type that is never null, that is, its own stored form.
#[diagnostic::on_unimplemented(
    message = "a table cannot have `{Self}` as its key or value",
    label = "not an owned type that is never null",
    note = "write `{Stored}`: a table's null deletes its row, and tables own what they hold"
)]
pub trait TableData<Stored> {
    /// Itself.
    type Own;
    /// The source of a table with it as the value.
    type Source<K>;

    /// That source.
    fn source<K>() -> Self::Source<K>;
}

impl<T> TableData<T> for T {
    type Own = T;
    type Source<K> = TableSource<K, T>;

    fn source<K>() -> TableSource<K, T> {
        TableSource { table: Table::handle() }
    }
}

impl<K, V> Table<K, V> {
    /// The source of this table.
    // Everything is inferred from the bounds, so that a type that does not fit is one error in the words of the traits.
    pub fn source<KS, VS, KO, S>(&self) -> S
    where
        K: StreamData<Stored = KS>,
        V: StreamData<Stored = VS>,
        K: TableData<KS, Own = KO>,
        KO: KeyData,
        V: TableData<VS, Source<KO> = S>,
    {
        V::source::<KO>()
    }
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
    pub fn attach<N>(&self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> ToTableNode<Option<K>, Option<V>, N> {
        ToTable::new().attach(b, name, next)
    }
    /// Makes the node of a table without a store, whose changes come without the value before.
    pub fn attach_plain<N>(&self, name: &'static str, next: N) -> PlainTableNode<N> {
        PlainTableNode { name, next }
    }
}

/// A table's source without a store: `table("topic").without_store()`.
pub struct PlainTableNode<N> {
    name: &'static str,
    next: N,
}

impl<N: Node> Node for PlainTableNode<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, N: PushChange<K, V>> Push<Option<K>, Option<V>> for PlainTableNode<N> {
    #[inline]
    fn push(&mut self, key: &Option<K>, value: &Option<V>, cx: &mut Context) -> Flow {
        match key {
            Some(key) => self.next.change(key, value.as_ref(), None, cx),
            None => cx.drop_record(self.name, DropReason::NullKey),
        }
    }
}
