//! The driver.

mod stores;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::codec::{Codec, StreamData};
use streams_runtime::stores::MemoryStores;
use streams_runtime::{AnyTopology, Handlers, TaskMetrics, Topology};

use crate::builder::TestDriverBuilder;
use crate::engine::{Engine, Place};
use crate::error::DriverError;
use crate::input::TestInput;
use crate::output::TestOutput;
use crate::record::RawRecord;

/// Runs a topology in the test itself: the tasks, stores and formats of production, with topics in
/// memory and a wall clock that the test moves.
///
/// A piped record is processed completely before the call returns, in a fixed order: first the record itself, with stream-time schedules
/// that became due, then what was written to repartition topics (and to topics that the topology also reads), the record with the smallest
/// timestamp first.
///
/// Topics have one partition, and all sub-topologies share one stream time, as in Kafka's
/// `TopologyTestDriver`. With [`partitions`](TestDriverBuilder::partitions) they have several, and
/// each task has a stream time of its own, as in production.
///
/// Not simulated: redelivery, concurrency.
pub struct TestDriver {
    pub(crate) engine: Rc<RefCell<Engine>>,
}

impl fmt::Debug for TestDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDriver").finish_non_exhaustive()
    }
}

impl TestDriver {
    /// A driver with the options at their defaults.
    ///
    /// # Errors
    /// As [`TestDriverBuilder::build`].
    pub fn new<T: Topology>(topology: T) -> Result<Self, DriverError> {
        Self::builder(topology).build()
    }

    /// A driver with options.
    pub fn builder<T: Topology>(topology: T) -> TestDriverBuilder {
        TestDriverBuilder {
            topology: AnyTopology::new(&Arc::new(topology)),
            application_id: "test".to_owned(),
            cache_max_bytes: 0,
            partitions: None,
            partitions_of: BTreeMap::new(),
            wall_clock_start_ms: 0,
            handlers: Handlers::default(),
            stores: Box::new(MemoryStores),
        }
    }

    /// A topic to pipe records into, in the formats of the types.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// #
    /// # topology! {
    /// #     fn loud() -> Loud {
    /// #         let words: Stream<Option<String>, String> = stream("words");
    /// #         words.map_values(|word| word.to_uppercase()).to("loud");
    /// #     }
    /// # }
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(loud())?;
    /// driver.input::<Option<String>, str>("words")?.pipe(None, "hear")?;
    /// let error = driver.input::<Option<String>, str>("word").unwrap_err();
    /// assert_eq!(error.to_string(), "the topology does not read topic `word`; it reads `words`");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the topology does not read it; the error lists what it reads.
    pub fn input<K, V>(&self, topic: &str) -> Result<TestInput<K, V, K::Codec, V::Codec>, DriverError>
    where
        K: StreamData + ?Sized,
        V: StreamData + ?Sized,
    {
        self.input_with(topic, K::Codec::default(), V::Codec::default())
    }

    /// A topic to pipe records into, in formats of choice.
    ///
    /// # Errors
    /// When the topology does not read it; the error lists what it reads.
    pub fn input_with<K, V, KC, VC>(&self, topic: &str, key_codec: KC, value_codec: VC) -> Result<TestInput<K, V, KC, VC>, DriverError>
    where
        K: ?Sized,
        V: ?Sized,
        KC: Codec<K>,
        VC: Codec<V>,
    {
        let mut engine = self.engine.borrow_mut();
        if !engine.reads(topic)? {
            return Err(DriverError::UnknownTopic { topic: topic.to_owned(), known: engine.known_inputs() });
        }
        Ok(TestInput::new(Rc::clone(&self.engine), topic.into(), key_codec, value_codec))
    }

    /// A topic to read results from, in the formats of the types. Any name will do, since names may be computed.
    ///
    /// The bytes of a key in a window have its start only, so that `output::<Windowed<K>, _>` reads windows whose `end_ms` is [`i64::MAX`].
    /// With [`output_with`](Self::output_with) and the size of the windows they have their ends; keys in sessions always have.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn clicks() -> Clicks {
    ///         let clicks: Stream<String, String> = stream("clicks");
    ///         let per_minute: Table<Windowed<String>, u64> = clicks.group_by_key().windowed_by(tumbling(minutes(1))).count();
    ///         let visits: Table<Windowed<String, SessionWindow>, u64> = clicks.group_by_key().windowed_by(sessions(seconds(30))).count();
    ///         per_minute.to_stream().to("per-minute");
    ///         visits.to_stream().to("visits");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(clicks())?;
    /// let clicks = driver.input::<str, str>("clicks")?;
    /// clicks.pipe_at("ann", "home", 70_000)?;
    /// clicks.pipe_at("ann", "cart", 80_000)?;
    ///
    /// let in_minutes = TimeWindowed::of(Utf8, minutes(1));
    /// let per_minute = driver.output_with::<Windowed<String>, u64, _, _>("per-minute", in_minutes, BigEndian);
    /// let (key, count) = per_minute.read_pairs().remove(1);
    /// assert_eq!((key.to_string().as_str(), count), ("[ann@60000/120000]", 2));
    ///
    /// // A session that grows is deleted and comes anew: the values have nulls.
    /// let (in_sessions, counts) = (SessionWindowed::of(Utf8), Nullable(BigEndian));
    /// let visits = driver.output_with::<Windowed<String, SessionWindow>, Option<u64>, _, _>("visits", in_sessions, counts);
    /// let visits: Vec<_> = visits.read_pairs().into_iter().map(|(key, count)| (key.to_string(), count)).collect();
    /// let (first, grown) = ("[ann@70000/70000]".to_owned(), "[ann@70000/80000]".to_owned());
    /// assert_eq!(visits, [(first.clone(), Some(1)), (first, None), (grown, Some(2))]);
    /// // Here the formats are those of the types, so that this reads the same:
    /// let visits = driver.output::<Windowed<String, SessionWindow>, Option<u64>>("visits");
    /// # let _ = visits;
    /// # Ok(())
    /// # }
    /// ```
    pub fn output<K, V>(&self, topic: &str) -> TestOutput<K, V, K::Codec, V::Codec>
    where
        K: StreamData + ?Sized,
        V: StreamData + ?Sized,
    {
        self.output_with(topic, K::Codec::default(), V::Codec::default())
    }

    /// A topic to read results from, in formats of choice.
    pub fn output_with<K, V, KC, VC>(&self, topic: &str, key_codec: KC, value_codec: VC) -> TestOutput<K, V, KC, VC>
    where
        K: ?Sized,
        V: ?Sized,
        KC: Codec<K>,
        VC: Codec<V>,
    {
        TestOutput::new(Rc::clone(&self.engine), topic.into(), key_codec, value_codec)
    }

    /// Pipes a record in bytes, into the partition that the bytes of its key belong to.
    ///
    /// # Errors
    /// When the topology does not read the topic, or processing fails.
    pub fn pipe_raw(&self, record: RawRecord) -> Result<(), DriverError> {
        let key = record.key.clone();
        self.pipe_to(Place::Key(key.as_deref()), record)
    }

    /// Pipes a record in bytes into a partition.
    ///
    /// # Errors
    /// When the topology does not read the topic, the topic has no such partition, or processing
    /// fails.
    pub fn pipe_raw_into(&self, partition: i32, record: RawRecord) -> Result<(), DriverError> {
        self.pipe_to(Place::Partition(partition), record)
    }

    fn pipe_to(&self, place: Place<'_>, record: RawRecord) -> Result<(), DriverError> {
        let mut engine = self.engine.borrow_mut();
        if !engine.reads(&record.topic)? {
            return Err(DriverError::UnknownTopic { topic: record.topic.to_string(), known: engine.known_inputs() });
        }
        engine.pipe(record, place)
    }

    /// Takes all results that were not read yet, of all topics but the internal ones, in the order in which they were written.
    pub fn take_outputs(&self) -> Vec<RawRecord> {
        self.take_outputs_with_partitions().into_iter().map(|(_, record)| record).collect()
    }

    /// As [`take_outputs`](Self::take_outputs), each record behind the number of its partition.
    pub fn take_outputs_with_partitions(&self) -> Vec<(i32, RawRecord)> {
        self.engine.borrow_mut().take_outputs().collect()
    }

    /// Takes the next unread record of a topic in bytes; repartition topics and changelogs can be read as well.
    pub fn read_raw(&self, topic: &str) -> Option<RawRecord> {
        self.engine.borrow_mut().next_output(topic, None).map(|written| written.record)
    }

    /// Moves the wall clock and runs the schedules that are due, each at most once.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// struct Ticker;
    ///
    /// impl Processor<String, String> for Ticker {
    ///     type KeyOut = String;
    ///     type ValueOut = i64;
    ///     type Stores = ();
    ///
    ///     fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
    ///         cx.schedule(ScheduleKind::WallClock, 1000);
    ///         Ok(())
    ///     }
    ///
    ///     fn process<O: Forward<String, i64>>(
    ///         &mut self,
    ///         _: Record<'_, String, String>,
    ///         _: &mut ProcessorContext<'_, ()>,
    ///         _: &mut O,
    ///     ) -> Result<(), BoxError> {
    ///         Ok(())
    ///     }
    ///
    ///     fn punctuate<O: Forward<String, i64>>(
    ///         &mut self,
    ///         _: ScheduleId,
    ///         time_ms: i64,
    ///         cx: &mut ProcessorContext<'_, ()>,
    ///         out: &mut O,
    ///     ) -> Result<(), BoxError> {
    ///         out.forward(cx, &"tick".to_owned(), &time_ms);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// topology! {
    ///     fn ticks() -> Ticks {
    ///         let input: Stream<String, String> = stream("input");
    ///         input.process(Ticker).to("ticks");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::builder(ticks()).wall_clock_start_ms(500).build()?;
    /// driver.advance_wall_clock_ms(999)?;
    /// assert!(driver.output::<String, i64>("ticks").is_empty());
    /// driver.advance_wall_clock_ms(1)?;
    /// assert_eq!(driver.output::<String, i64>("ticks").read_pairs(), [("tick".to_owned(), 1500)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the step is negative, or processing fails.
    pub fn advance_wall_clock_ms(&self, by_ms: i64) -> Result<(), DriverError> {
        self.engine.borrow_mut().advance_wall_clock(by_ms)
    }

    /// Where the wall clock stands, in milliseconds since the Unix epoch.
    pub fn wall_clock_ms(&self) -> i64 {
        self.engine.borrow().now_ms
    }

    /// Commits all tasks: cached changes go downstream. What thereby reaches another sub-topology, through a repartition topic say, is
    /// processed there and waits in the caches of that one: commit once for each sub-topology on the way.
    ///
    /// # Errors
    /// When processing fails.
    pub fn commit(&self) -> Result<(), DriverError> {
        self.engine.borrow_mut().commit()
    }

    /// How many records the semantics of operators left out (null keys of an aggregation, say), as Kafka Streams counts them.
    pub fn dropped(&self) -> u64 {
        self.metrics().dropped
    }

    /// What was counted so far, over all tasks.
    pub fn metrics(&self) -> TaskMetrics {
        self.engine.borrow().metrics()
    }

    /// Stops the application and starts it again: commits, ends the processors, and makes all of it anew, with stores that come back from
    /// their changelogs. What operators and processors knew outside of stores is gone, such as the stream time of windows. Inputs, outputs
    /// and stores that are held go on; global tables and the wall clock stay as they are. Schedules by stream time that are due are called
    /// in here, with the time of what was read before.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn totals() -> Totals {
    ///         let amounts: Stream<String, i64> = stream("amounts");
    ///         let sums: Table<String, i64> = amounts.group_by_key().reduce(|sum, amount| sum + amount);
    ///         sums.to_stream().to("sums");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(totals())?;
    /// let amounts = driver.input::<str, i64>("amounts")?;
    /// amounts.pipe("ann", 7)?;
    /// driver.restart()?;
    /// amounts.pipe("ann", 3)?;
    /// assert_eq!(driver.store(Totals::SUMS)?.get("ann"), Some(10));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When processing fails, or a store cannot be restored.
    pub fn restart(&self) -> Result<(), DriverError> {
        self.engine.borrow_mut().restart()
    }

    /// Commits and ends the processors. Inputs that are still held refuse records afterwards; outputs and stores can be read on.
    ///
    /// # Errors
    /// When processing fails.
    pub fn close(&self) -> Result<(), DriverError> {
        self.engine.borrow_mut().close()
    }
}
