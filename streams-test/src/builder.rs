//! The options of the driver.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use streams_runtime::plan::TopologyPlan;
use streams_runtime::stores::{GlobalStores, StoreFactory};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{
    AnyTopology, Handlers, OnDropped, OnError, OnProduceError, Partitioning, ProcessorWrapper, SharedProducer, StartupProblem,
    WrapProcessors,
};

use crate::driver::TestDriver;
use crate::engine::{Engine, EngineParts, counts};
use crate::error::DriverError;
use crate::recorder::Recorder;

/// Options of a [`TestDriver`].
pub struct TestDriverBuilder {
    pub(crate) topology: AnyTopology,
    pub(crate) application_id: String,
    pub(crate) cache_max_bytes: usize,
    pub(crate) partitions: Option<i32>,
    pub(crate) partitions_of: BTreeMap<String, i32>,
    pub(crate) wall_clock_start_ms: i64,
    pub(crate) handlers: Handlers,
    pub(crate) stores: Box<dyn StoreFactory>,
}

impl fmt::Debug for TestDriverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDriverBuilder")
            .field("application_id", &self.application_id)
            .field("cache_max_bytes", &self.cache_max_bytes)
            .field("partitions", &self.partitions)
            .field("partitions_of", &self.partitions_of)
            .field("wall_clock_start_ms", &self.wall_clock_start_ms)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

impl TestDriverBuilder {
    /// Prefix of internal topics; `test` if not given.
    #[must_use]
    pub fn application_id(mut self, application_id: impl Into<String>) -> Self {
        self.application_id = application_id.into();
        self
    }

    /// How much each store may cache; 0 if not given, so that every change goes on at once. With a cache the driver commits only when
    /// told to ([`TestDriver::commit`], or a processor's request), without one after every record.
    #[must_use]
    pub fn cache_max_bytes(mut self, bytes: usize) -> Self {
        self.cache_max_bytes = bytes;
        self
    }

    /// How many partitions topics have, unless the topology or
    /// [`partitions_of`](Self::partitions_of) says otherwise; 1 if not given.
    ///
    /// A piped record goes where its key belongs, as Kafka's partitioner has it, or where
    /// [`TestInput::partition`](crate::TestInput::partition) says; records with a null key go to
    /// all partitions in turn. Each partition of each sub-topology is a task with stores and a
    /// stream time of its own, as in production; repartition topics and the topics of foreign-key
    /// joins lie between them. Stores show the rows of all tasks, and each by itself. Without a
    /// call of this or of `partitions_of`, and if no `.partitions(n)` in the topology says more
    /// than 1, all sub-topologies have one task and share one stream time, as in Kafka's
    /// `TopologyTestDriver`.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// topology! {
    ///     fn per_word() -> PerWord {
    ///         let words: Stream<String, String> = stream("words");
    ///         let counts: Table<String, u64> = words.group_by(|_, word| word.clone()).count();
    ///         counts.to_stream().to("counts");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::builder(per_word()).partitions(4).build()?;
    /// let words = driver.input::<str, str>("words")?.partition(3);
    /// words.pipe("x", "not")?;
    /// words.pipe("x", "be")?;
    /// let counts = driver.output::<String, u64>("counts").read_all();
    /// let places: Vec<_> = counts.iter().map(|record| (record.key.as_str(), record.partition)).collect();
    /// assert_eq!(places, [("not", 1), ("be", 0)]);
    /// let store = driver.store(PerWord::COUNTS)?;
    /// assert_eq!((store.get("be"), store.all().len()), (Some(1), 2));
    /// assert_eq!(store.partition(1).all(), [("not".to_owned(), 1)]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn partitions(mut self, partitions: i32) -> Self {
        self.partitions = Some(partitions);
        self
    }

    /// How many partitions one topic has: one of the topology's, or one that a computed name leads
    /// to. Topics that are joined and have not equally many are an error of [`build`](Self::build),
    /// in the words of [`Streams::start`](streams_runtime::Streams::start).
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// # topology! {
    /// #     fn joined() -> Joined {
    /// #         let orders: Stream<String, String> = stream("orders");
    /// #         let users: Table<String, String> = table("users");
    /// #         orders.join(users, |order, user| format!("{order} of {user}")).to("joined");
    /// #     }
    /// # }
    /// let error = TestDriver::builder(joined()).partitions(4).partitions_of("users", 3).build().unwrap_err();
    /// let expected = "topics that are joined must have the same number of partitions: `orders` has 4, `users` has 3";
    /// assert!(error.to_string().ends_with(expected));
    /// ```
    #[must_use]
    pub fn partitions_of(mut self, topic: impl Into<String>, partitions: i32) -> Self {
        self.partitions_of.insert(topic.into(), partitions);
        self
    }

    /// Where the wall clock stands at the start, in milliseconds since the Unix epoch; 0 if not given.
    #[must_use]
    pub fn wall_clock_start_ms(mut self, time_ms: i64) -> Self {
        self.wall_clock_start_ms = time_ms;
        self
    }

    /// What becomes of records that cannot be decoded; [`OnError::Fail`] if not given.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// # topology! {
    /// #     fn double() -> Double {
    /// #         let numbers: Stream<String, u64> = stream("numbers");
    /// #         numbers.map_values(|n| n * 2).to("doubled");
    /// #     }
    /// # }
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::builder(double()).on_decode_error(OnError::DeadLetter("dead".into())).build()?;
    /// driver.input::<str, u64>("numbers")?.pipe_raw(Some(b"k"), Some(b"no number"), 7)?;
    /// let dead = driver.output::<String, Vec<u8>>("dead").read().expect("a dead letter");
    /// assert_eq!(dead.value, b"no number");
    /// assert_eq!(dead.headers.last("__streams.errors.message"), Some(Some(&b"value: 8 bytes expected, 9 found"[..])));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_decode_error(mut self, handler: OnError) -> Self {
        self.handlers.decode = handler;
        self
    }

    /// What becomes of records at which a `try_` operator or a processor failed; [`OnError::Fail`] if not given.
    #[must_use]
    pub fn on_process_error(mut self, handler: OnError) -> Self {
        self.handlers.process = handler;
        self
    }

    /// What becomes of results that cannot be written; [`OnProduceError::Fail`] if not given. The driver has no broker that refuses anything: what can
    /// be tested is what fails on the way to one, such as a codec without bytes for a value, or the name of a topic.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// # topology! {
    /// #     fn routed() -> Routed {
    /// #         let orders: Stream<String, String> = stream("orders");
    /// #         orders.to(|region, _, _| format!("orders-{region}"));
    /// #     }
    /// # }
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::builder(routed()).on_produce_error(OnProduceError::DeadLetter("dead".into())).build()?;
    /// let orders = driver.input::<str, str>("orders")?;
    /// orders.pipe("no topic has spaces", "tea")?;
    /// orders.pipe("north", "tea")?;
    /// let dead = driver.output::<String, String>("dead").read().expect("a dead letter");
    /// assert_eq!((&dead.key[..], &dead.value[..]), ("no topic has spaces", "tea"));
    /// assert_eq!(driver.output::<String, String>("orders-north").read_pairs(), [("north".to_owned(), "tea".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_produce_error(mut self, handler: impl Into<OnProduceError>) -> Self {
        self.handlers.produce = handler.into();
        self
    }

    /// What becomes of records that the semantics of an operator leave out; [`OnDropped::Continue`] if not given.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// # topology! {
    /// #     fn per_second() -> PerSecond {
    /// #         let views: Stream<String, String> = stream("views");
    /// #         let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(seconds(1))).count();
    /// #         counts.to_stream().to("counts");
    /// #     }
    /// # }
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::builder(per_second()).on_dropped(OnDropped::DeadLetter("left-out".into())).build()?;
    /// let views = driver.input::<str, str>("views")?;
    /// views.pipe_at("a", "on time", 5_000)?;
    /// views.pipe_at("a", "late", 2_500)?;
    /// let letter = driver.output::<String, String>("left-out").read().expect("a dead letter");
    /// assert_eq!(letter.value, "late");
    /// let why = letter.headers.last("__streams.errors.message").flatten();
    /// assert_eq!(why, Some(&b"the window 2000/3000 was closed at stream time 5000"[..]));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_dropped(mut self, handler: OnDropped) -> Self {
        self.handlers.dropped = handler;
        self
    }

    /// Puts something around the code of each processor and transformer, made by its name in the topology.
    #[must_use]
    pub fn wrap_processors<W: ProcessorWrapper>(mut self, make: impl Fn(&str) -> W + Send + Sync + 'static) -> Self {
        self.handlers.wrap_processors = WrapProcessors::new(make);
        self
    }

    /// Makes the bottoms of the stores; in memory if not given.
    #[must_use]
    pub fn stores(mut self, factory: impl StoreFactory + 'static) -> Self {
        self.stores = Box::new(factory);
        self
    }

    /// The driver, with all processors started.
    ///
    /// # Errors
    /// When the topology cannot run on these partitions, a store cannot be opened, a pattern is not
    /// a regular expression, or a processor's `init` fails.
    pub fn build(self) -> Result<TestDriver, DriverError> {
        if !self.topology.problems().is_empty() {
            return Err(streams_runtime::Error::Startup(self.topology.problems().to_vec()).into());
        }
        let plan = self.topology.plan().clone();
        let partitioning = self.partitioning(&plan)?;
        let default_partitions = self.partitions.unwrap_or(1);
        let counts = counts(&plan.sub_topologies, &partitioning, &self.application_id, self.partitions_of.clone());
        let recorder = Recorder::new(default_partitions, counts.clone());
        let producer: SharedProducer = Rc::new(RefCell::new(Box::new(recorder.clone())));
        let mut globals = GlobalStores::default();
        self.topology.globals(&mut globals);
        let tasks = partitioning.tasks().to_vec();
        let engine = Engine::new(EngineParts {
            application_id: self.application_id.clone(),
            plan: &plan,
            globals,
            recorder,
            producer,
            now_ms: self.wall_clock_start_ms,
            commits_every_record: self.cache_max_bytes == 0,
            on_decode_error: self.handlers.decode.clone(),
            counts,
            default_partitions,
            shares_stream_time: self.partitions.is_none() && self.partitions_of.is_empty() && tasks.iter().all(|&count| count == 1),
            tasks: tasks.clone(),
            make_tasks: Box::new(move |globals, producer, now_ms| self.tasks(&tasks, globals, producer, now_ms)),
        })?;
        Ok(TestDriver { engine: Rc::new(RefCell::new(engine)) })
    }

    fn partitioning(&self, plan: &TopologyPlan) -> Result<Partitioning, DriverError> {
        let of_topics = self.partitions_of.values().copied();
        let least = self.partitions.into_iter().chain(of_topics).min().unwrap_or(1);
        if least < 1 {
            let problem = StartupProblem::Setting { name: "partitions", reason: format!("{least} is less than 1") };
            return Err(streams_runtime::Error::Startup(vec![problem]).into());
        }
        Ok(Partitioning::new(plan, &self.application_id, self.partitions.unwrap_or(1), &self.partitions_of)?)
    }

    /// The tasks of each sub-topology, one for each of its partitions.
    fn tasks(&self, counts: &[i32], globals: &GlobalStores, producer: &SharedProducer, now_ms: i64) -> Result<Vec<Task>, DriverError> {
        let mut tasks: Vec<Task> = Vec::new();
        for (sub_topology, (sub_plan, count)) in self.topology.plan().sub_topologies.iter().zip(counts).enumerate() {
            for partition in 0..*count {
                let env = TaskEnv {
                    application_id: &self.application_id,
                    id: TaskId { sub_topology, partition },
                    plan: sub_plan,
                    stores: &*self.stores,
                    globals,
                    directory: None,
                    handlers: self.handlers.clone(),
                    producer: Rc::clone(producer),
                    cache_max_bytes: self.cache_max_bytes,
                    wall_clock_ms: now_ms,
                };
                let mut b = TaskBuilder::new(&env);
                self.topology.build(sub_topology, &mut b);
                tasks.push(b.finish()?);
            }
        }
        Ok(tasks)
    }
}
