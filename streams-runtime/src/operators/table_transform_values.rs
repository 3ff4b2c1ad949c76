//! `transform_values` of a table: new values for its rows by code with stores.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use super::rows::{Rows, StoredHash};
use crate::codec::StreamData;
use crate::context::{Context, RecordContext};
use crate::error::{BoxError, Flow, TaskError};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::processor::{Host, ProcessorCall, ProcessorContext, StoreHandles};
use crate::task::TaskBuilder;

/// Code that makes a new value for each row of a table: `table.transform_values(transformer, stores)`.
///
/// Kafka Streams: `ValueTransformerWithKey`. Unlike a closure of `map_values` it sees deletions, has stores, and knows the record at hand. It
/// may be asked for a value more than once: for the value before a change, and for a row that a join looks up where the table has no store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transformer for a table of key `{K}` and value `{V}`",
    label = "not a transformer of this table",
    note = "implement `ValueTransformer<{K}, {V}>` for it"
)]
pub trait ValueTransformer<K, V>: 'static {
    /// The new values.
    type ValueOut: StreamData<Present = Self::ValueOut, Stored = Self::ValueOut> + Clone + Send + Sync + 'static;
    /// Handles of the stores it is connected to: `()`, one [`KeyValue`](crate::stores::KeyValue), or a tuple of them, in the order of the topology.
    type Stores: StoreHandles;

    /// Called once before the first record, with the stores restored.
    ///
    /// # Errors
    /// Any; the task then stops.
    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = cx;
        Ok(())
    }

    /// The new value of a row; of a deletion for `None`.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application, and the row is left out.
    fn transform(
        &mut self,
        key: &K,
        value: Option<&V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
    ) -> Result<Option<Self::ValueOut>, BoxError>;

    /// Called once when the task ends.
    fn close(&mut self) {}
}

impl<K, V> Table<K, V> {
    /// The same rows with new values made by a [`ValueTransformer`], connected to these stores.
    ///
    /// Kafka Streams: `KTable.transformValues`. A view; with a written type or a name it has a store. Deletions reach the transformer, and
    /// what it makes of them is handed on. Time and headers are those of the change.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// /// Numbers the versions of each row.
    /// struct Number;
    ///
    /// impl ValueTransformer<String, String> for Number {
    ///     type ValueOut = String;
    ///     type Stores = KeyValue<String, u64>;
    ///
    ///     fn transform(
    ///         &mut self,
    ///         key: &String,
    ///         value: Option<&String>,
    ///         cx: &mut ProcessorContext<'_, Self::Stores>,
    ///     ) -> Result<Option<String>, BoxError> {
    ///         let number = cx.store(cx.stores).get(key)?.map_or(1, |number| number + 1);
    ///         cx.store(cx.stores).put(key, number)?;
    ///         Ok(value.map(|value| format!("{number}: {value}")))
    ///     }
    /// }
    ///
    /// topology! {
    ///     fn pages() -> Pages {
    ///         let pages: Table<String, String> = table("pages");
    ///         let numbers: KeyValueStore<String, u64> = key_value_store();
    ///         let numbered: Table<String, String> = pages.transform_values(Number, numbers);
    ///         numbered.to_stream().to("numbered");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(pages())?;
    /// let pages = driver.input::<String, String>("pages")?;
    /// pages.pipe(&"home".to_owned(), &"hello".to_owned())?;
    /// pages.pipe(&"home".to_owned(), &"hi".to_owned())?;
    /// assert_eq!(driver.store(Pages::NUMBERED)?.get("home"), Some("2: hi".to_owned()));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    pub fn transform_values<P>(&self, transformer: P, stores: P::Stores) -> (Table<K, P::ValueOut>, TransformValues<P, P::Stores>)
    where
        P: ValueTransformer<K, V>,
    {
        let host = Host::new(transformer, stores, "transform_values");
        let op = TransformValues { host: Rc::new(RefCell::new(host)), with_old: false };
        (Table::handle(), op)
    }
}

/// The operator before it is attached to what follows. Its transformer is shared with those who look rows up through it.
pub struct TransformValues<P, S> {
    host: Rc<RefCell<Host<P, S>>>,
    with_old: bool,
}

impl<P, S> Clone for TransformValues<P, S> {
    fn clone(&self) -> Self {
        TransformValues { host: Rc::clone(&self.host), with_old: self.with_old }
    }
}

impl<P, S: StoreHandles> TransformValues<P, S> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(self, name: &'static str) -> Self {
        self.host.borrow_mut().at(name);
        self
    }

    /// Something downstream needs the values before a change.
    #[must_use]
    pub fn with_old(mut self) -> Self {
        self.with_old = true;
        self
    }

    /// The new values of the table's rows.
    pub fn rows<V, G: Clone>(&self, rows: &G) -> TransformedRows<V, P, S, G> {
        TransformedRows { op: self.clone(), rows: rows.clone(), value: PhantomData }
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<K, V, N>(self, input: &Table<K, V>, next: N) -> TransformValuesNode<K, V, P, S, N> {
        let _ = input;
        TransformValuesNode { op: self, next, types: PhantomData }
    }

    fn transform<K, V>(&self, key: &K, value: Option<&V>, cx: &mut Context) -> Result<Option<P::ValueOut>, Box<TaskError>>
    where
        P: ValueTransformer<K, V, Stores = S>,
    {
        let mut host = self.host.borrow_mut();
        let mut new = None;
        let result = host.run(ProcessorCall::Process, cx, |transformer, cx| {
            new = transformer.transform(key, value, cx)?;
            Ok(())
        });
        host.finish(result, Ok(()), cx).map(|()| new)
    }
}

/// The operator at work.
pub struct TransformValuesNode<K, V, P, S, N> {
    op: TransformValues<P, S>,
    next: N,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V, P, N: Node> Node for TransformValuesNode<K, V, P, P::Stores, N>
where
    P: ValueTransformer<K, V>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        // It makes no schedules.
        self.op.host.borrow_mut().signal(signal, cx, P::init, P::close)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, P, N> PushChange<K, V> for TransformValuesNode<K, V, P, P::Stores, N>
where
    P: ValueTransformer<K, V>,
    N: PushChange<K, P::ValueOut>,
{
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        let new = self.op.transform(key, new, cx)?;
        let old = if self.op.with_old { self.op.transform(key, old, cx)? } else { None };
        self.next.change(key, new.as_ref(), old.as_ref(), cx)
    }
}

/// The rows of a transformed table that has no store.
pub struct TransformedRows<V, P, S, G> {
    op: TransformValues<P, S>,
    rows: G,
    value: PhantomData<fn() -> V>,
}

impl<V, P, S, G: Clone> Clone for TransformedRows<V, P, S, G> {
    fn clone(&self) -> Self {
        TransformedRows { op: self.op.clone(), rows: self.rows.clone(), value: PhantomData }
    }
}

impl<K, V, P, G> Rows<K, P::ValueOut> for TransformedRows<V, P, P::Stores, G>
where
    V: Clone,
    P: ValueTransformer<K, V>,
    G: Rows<K, V>,
{
    fn with<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&P::ValueOut, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let row = self.rows.with(key, cx, |row, _| row.map(|(value, at_ms)| (value.clone(), at_ms)))?;
        self.transformed(key, row, cx, then)
    }

    /// The row is made of the one below, whose bytes it goes by.
    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        self.rows.stored_hash(key, cx)
    }

    fn keep_bytes(&self, b: &mut TaskBuilder<'_>) {
        self.rows.keep_bytes(b);
    }

    fn with_as_of<R>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&P::ValueOut, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let row = self.rows.with_as_of(key, time_ms, cx, |row, _| row.map(|(value, at_ms)| (value.clone(), at_ms)))?;
        self.transformed(key, row, cx, then)
    }
}

impl<V, P, S, G> TransformedRows<V, P, S, G> {
    fn transformed<K, R>(
        &self,
        key: &K,
        row: Option<(V, i64)>,
        cx: &mut Context,
        then: impl FnOnce(Option<(&P::ValueOut, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        S: StoreHandles,
        P: ValueTransformer<K, V, Stores = S>,
    {
        let new = self.op.transform(key, row.as_ref().map(|(value, _)| value), cx)?;
        Ok(then(new.as_ref().map(|value| (value, row.map_or(-1, |(_, at_ms)| at_ms))), &mut cx.record))
    }
}
