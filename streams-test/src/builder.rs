//! The options of the driver.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use streams_runtime::stores::{GlobalStores, StoreFactory};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{AnyTopology, Handlers, OnDropped, OnError, ProcessorWrapper, SharedProducer, WrapProcessors};

use crate::driver::TestDriver;
use crate::engine::{Engine, EngineParts};
use crate::error::DriverError;
use crate::recorder::Recorder;

/// Options of a [`TestDriver`].
pub struct TestDriverBuilder {
    pub(crate) topology: AnyTopology,
    pub(crate) application_id: String,
    pub(crate) cache_max_bytes: usize,
    pub(crate) wall_clock_start_ms: i64,
    pub(crate) handlers: Handlers,
    pub(crate) stores: Box<dyn StoreFactory>,
}

impl fmt::Debug for TestDriverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDriverBuilder")
            .field("application_id", &self.application_id)
            .field("cache_max_bytes", &self.cache_max_bytes)
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
    /// When a store cannot be opened, a pattern is not a regular expression, or a processor's `init` fails.
    pub fn build(self) -> Result<TestDriver, DriverError> {
        let plan = self.topology.plan().clone();
        let recorder = Recorder::default();
        let producer: SharedProducer = Rc::new(RefCell::new(Box::new(recorder.clone())));
        let mut globals = GlobalStores::default();
        self.topology.globals(&mut globals);
        let engine = Engine::new(EngineParts {
            application_id: self.application_id.clone(),
            plan: &plan,
            globals,
            recorder,
            producer,
            now_ms: self.wall_clock_start_ms,
            commits_every_record: self.cache_max_bytes == 0,
            on_decode_error: self.handlers.decode.clone(),
            make_tasks: Box::new(move |globals, producer, now_ms| self.tasks(globals, producer, now_ms)),
        })?;
        Ok(TestDriver { engine: Rc::new(RefCell::new(engine)) })
    }

    fn tasks(&self, globals: &GlobalStores, producer: &SharedProducer, now_ms: i64) -> Result<Vec<Task>, DriverError> {
        let mut tasks: Vec<Task> = Vec::new();
        for (sub_topology, sub_plan) in self.topology.plan().sub_topologies.iter().enumerate() {
            let env = TaskEnv {
                application_id: &self.application_id,
                id: TaskId { sub_topology, partition: 0 },
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
        Ok(tasks)
    }
}
