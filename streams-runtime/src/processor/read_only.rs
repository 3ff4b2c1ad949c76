//! Stores that processors read and somebody else writes: those of tables.

/// The handle of a store that a processor may only read: that of a table, `ReadOnly<KeyValue<K, V>>`, of an aggregation in windows,
/// `ReadOnly<WindowState<K, V>>`, or in sessions, `ReadOnly<Sessions<K, V>>`, of a table with a history `ReadOnly<Versioned<K, V>>`. `cx.store(handle)` gives the same view as for a store of its own, without what writes.
///
/// Kafka Streams: `addReadOnlyStateStore`.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// /// Adds to each order what its user has ordered before.
/// struct History;
///
/// impl FixedKeyProcessor<String, i64> for History {
///     type ValueOut = String;
///     type Stores = ReadOnly<KeyValue<String, i64>>;
///
///     fn process<O: ForwardValue<String>>(
///         &mut self,
///         record: Record<'_, String, i64>,
///         cx: &mut ProcessorContext<'_, Self::Stores>,
///         out: &mut O,
///     ) -> Result<(), BoxError> {
///         let before = cx.store(cx.stores).get(record.key)?.copied().unwrap_or(0);
///         out.forward(cx, &format!("{} after {before}", record.value));
///         Ok(())
///     }
/// }
///
/// topology! {
///     fn orders() -> Orders {
///         let orders: Stream<String, i64> = stream("orders");
///         let ordered: Table<String, i64> = orders.group_by_key().reduce(|sum, amount| sum + amount);
///         let questions: Stream<String, i64> = stream("questions");
///         questions.process_values(History, ordered).to("answers");
///     }
/// }
///
/// let driver = TestDriver::new(orders())?;
/// driver.input::<str, i64>("orders")?.pipe("ann", 5)?;
/// driver.input::<str, i64>("orders")?.pipe("ann", 6)?;
/// driver.input::<str, i64>("questions")?.pipe("ann", 7)?;
/// assert_eq!(driver.output::<String, String>("answers").read().map(|r| r.value), Some("7 after 11".to_owned()));
/// # Ok::<(), streams_test::DriverError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReadOnly<H = ()>(pub(crate) H);

/// Access to a store of the processor's own.
#[derive(Clone, Copy, Debug)]
pub struct ReadWrite(());
