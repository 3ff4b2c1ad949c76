//! The builder: from a topology to a running application.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::app::App;
use super::config::Config;
use super::error::{Error, StartupProblem};
use super::launch::launch;
use super::start::Start;
use crate::broker::embedded::EmbeddedLog;
use crate::broker::{Broker, Isolation};
use crate::dropped::OnDropped;
use crate::error::OnError;
use crate::plan::OffsetReset;
use crate::processor::{ProcessorWrapper, WrapProcessors};
use crate::produce_error::OnProduceError;
use crate::stores::StoreFactory;
use crate::time::clock::Clock;
use crate::topology::{AnyTopology, Topology};

/// An application before it starts: a topology and its settings.
///
/// ```no_run
/// # use streams_runtime::prelude::*;
/// # async fn run(topology: impl Topology) -> Result<(), streams_runtime::Error> {
/// use streams_runtime::{Streams, shutdown_signal};
///
/// let app = Streams::new(topology)
///     .application_id("slow-views")   // consumer group, and prefix of internal topics
///     .embedded("data/")              // or .brokers("localhost:9092")
///     .threads(2)
///     .start()
///     .await?;
/// app.run_until(shutdown_signal()).await
/// # }
/// ```
#[derive(Debug)]
pub struct Streams<T> {
    topology: T,
    config: Config,
    problems: Vec<StartupProblem>,
    /// Of an embedded log. Reading it takes time, which the thread that builds this may not have.
    embedded: Option<PathBuf>,
    #[cfg(feature = "kafka")]
    kafka: Option<(String, std::collections::BTreeMap<String, String>)>,
}

impl<T: Topology> Streams<T> {
    /// An application that runs this topology.
    pub fn new(topology: T) -> Self {
        Streams {
            topology,
            config: Config::default(),
            problems: Vec::new(),
            embedded: None,
            #[cfg(feature = "kafka")]
            kafka: None,
        }
    }

    /// Names the application: its consumer group, and the prefix of its internal topics. Required.
    #[must_use]
    pub fn application_id(mut self, id: impl Into<String>) -> Self {
        self.config.application_id = id.into();
        self
    }

    /// Runs on Kafka: `host:port`, several separated by commas.
    #[cfg(feature = "kafka")]
    #[must_use]
    pub fn brokers(mut self, bootstrap: impl Into<String>) -> Self {
        self.kafka.get_or_insert_default().0 = bootstrap.into();
        self
    }

    /// Gives librdkafka a setting, such as `security.protocol`; with a prefix (`consumer.`, `producer.`, `group.`, `admin.`) to one kind of client only.
    #[cfg(feature = "kafka")]
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.kafka.get_or_insert_default().1.insert(name.into(), value.into());
        self
    }

    /// Runs on a log inside this process, durable in a directory. Topics that are missing are made, with four partitions.
    #[must_use]
    pub fn embedded(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.create_topics.get_or_insert(4);
        self.embedded = Some(directory.into());
        self
    }

    /// Runs on a log inside this process, in memory. Topics that are missing are made, with four partitions.
    #[must_use]
    pub fn embedded_in_memory(self) -> Self {
        self.embedded_log(EmbeddedLog::in_memory())
    }

    /// Runs on this embedded log, so that the program can write to it and read from it. Topics that are missing are made, with four partitions.
    #[must_use]
    pub fn embedded_log(mut self, log: EmbeddedLog) -> Self {
        self.config.create_topics.get_or_insert(4);
        self.config.broker = Some(Arc::new(log));
        self
    }

    /// Runs on any other implementation of the seam.
    #[must_use]
    pub fn broker(mut self, broker: Arc<dyn Broker>) -> Self {
        self.config.broker = Some(broker);
        self
    }

    /// Makes source and sink topics that are missing, with so many partitions. The default on an embedded log is 4; on Kafka missing topics
    /// are an error.
    #[must_use]
    pub fn create_missing_topics(mut self, partitions: i32) -> Self {
        self.config.create_topics = Some(partitions);
        self
    }

    /// Worker threads. Default: 1.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.config.threads = threads;
        self
    }

    /// Time between commits. Default: 1 s.
    #[must_use]
    pub fn commit_interval(mut self, interval: Duration) -> Self {
        self.config.commit_interval = interval;
        self
    }

    /// Time between deletions of what was processed and committed in repartition topics; nobody needs it any more. Default: 30 s.
    #[must_use]
    pub fn repartition_purge_interval(mut self, interval: Duration) -> Self {
        self.config.purge_interval = interval;
        self
    }

    /// Memory for the caches of all stores together. With 0 every change of a table goes on at once, otherwise the changes of a key
    /// between two commits are one. Default: 10 MiB.
    ///
    /// Of a session that came and went between two commits nothing goes on, as in Kafka Streams. A join of tables that met it, because its
    /// other side has no cache and changed in between, keeps that result; `.without_cache()` behind the aggregation in sessions has every step
    /// go on.
    #[must_use]
    pub fn cache_max_bytes(mut self, bytes: usize) -> Self {
        self.config.cache_max_bytes = bytes;
        self
    }

    /// Directory for stores on disk; one process at a time can use it. Stores in memory need none.
    #[must_use]
    pub fn state_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.state_dir = Some(directory.into());
        self
    }

    /// Starts although the state is not that of the last start. Without it a start whose state is gone, renamed, or of other types or windows is an
    /// error that says what has changed: a renamed `let` would begin with empty state, and rows of another type could not be read.
    ///
    /// What the state was is recorded in the directory of the state, or of the embedded log; without either nothing is compared. New state is
    /// no change. [`Error::Startup`](super::Error::Startup) names the record, and the changes.
    #[must_use]
    pub fn accept_state_changes(mut self) -> Self {
        self.config.accept_state_changes = true;
        self
    }

    /// Keeps state somewhere else than in memory.
    #[must_use]
    pub fn stores(mut self, factory: impl StoreFactory + 'static) -> Self {
        self.config.stores = Arc::new(factory);
        self
    }

    /// What becomes of records whose bytes are not of the type that the topology reads. Default: [`OnError::Fail`].
    #[must_use]
    pub fn on_decode_error(mut self, handler: OnError) -> Self {
        self.config.handlers.decode = handler;
        self
    }

    /// What becomes of records for which a `try_` operator or a processor returns an error. Default: [`OnError::Fail`].
    #[must_use]
    pub fn on_process_error(mut self, handler: OnError) -> Self {
        self.config.handlers.process = handler;
        self
    }

    /// What becomes of results that cannot be written: too large, not encodable, refused by the broker for what they are, which may be known only
    /// when it answers. Default: [`OnProduceError::Fail`]. [`OnError`] is taken as well.
    ///
    /// Kafka Streams: `production.exception.handler`.
    #[must_use]
    pub fn on_produce_error(mut self, handler: impl Into<OnProduceError>) -> Self {
        self.config.handlers.produce = handler.into();
        self
    }

    /// What becomes of records that the semantics of an operator leave out: with a null key, too late for a window, … They are counted in
    /// any case. Default: [`OnDropped::Continue`].
    ///
    /// Kafka Streams only counts them (`dropped-records-total`).
    #[must_use]
    pub fn on_dropped(mut self, handler: OnDropped) -> Self {
        self.config.handlers.dropped = handler;
        self
    }

    /// Puts something around the code of each processor and transformer, made by its name in the topology: for logs, times, traces, faults. It
    /// is made anew for each task. See [`ProcessorWrapper`].
    ///
    /// Kafka Streams: `processor.wrapper.class` (KIP-1112).
    #[must_use]
    pub fn wrap_processors<W: ProcessorWrapper>(mut self, make: impl Fn(&str) -> W + Send + Sync + 'static) -> Self {
        self.config.handlers.wrap_processors = WrapProcessors::new(make);
        self
    }

    /// Where to begin without committed offsets. Default: at the earliest record.
    #[must_use]
    pub fn offset_reset(mut self, reset: OffsetReset) -> Self {
        self.config.offset_reset = reset;
        self
    }

    /// Copies of each internal topic. Default: -1, as the broker says.
    #[must_use]
    pub fn replication_factor(mut self, copies: i16) -> Self {
        self.config.replication_factor = copies;
        self
    }

    /// A setting of all internal topics that are made, such as `min.insync.replicas`: repartition topics, changelogs, and the topics of
    /// foreign-key joins. `.changelog_setting(…)` of a topology says it for one changelog and has the last word. Topics that exist stay as they
    /// are.
    ///
    /// Kafka Streams: settings with the prefix `topic.`.
    #[must_use]
    pub fn internal_topic_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.internal_topic_settings.insert(name.into(), value.into());
        self
    }

    /// How much longer the changelogs of window, session and versioned stores, and of both sides of
    /// a join of streams, keep what the store has let go: 1 day by default.
    ///
    /// The store goes by stream time and the broker by its clock, so the changelog must not be
    /// shorter than the store by the distance of both. Topics that exist stay as they are.
    ///
    /// Kafka Streams: `windowstore.changelog.additional.retention.ms`.
    #[must_use]
    pub fn window_changelog_additional_retention(mut self, retention: Duration) -> Self {
        self.config.window_changelog_additional_retention = retention;
        self
    }

    /// `group.instance.id`: a process that comes back under its name within the session timeout gets its tasks back without a rebalance.
    #[must_use]
    pub fn instance_id(mut self, id: impl Into<String>) -> Self {
        self.config.instance_id = Some(id.into());
        self
    }

    /// A process that is not heard of for so long loses its tasks. Default: 45 s.
    #[must_use]
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.config.session_timeout = timeout;
        self
    }

    /// A worker that makes no progress for so long ends the application, so that others can take over. Default: 5 min.
    #[must_use]
    pub fn max_poll_interval(mut self, interval: Duration) -> Self {
        self.config.max_poll_interval = interval;
        self
    }

    /// How long results are held back so that batches grow. Default: 10 ms.
    #[must_use]
    pub fn linger(mut self, linger: Duration) -> Self {
        self.config.linger = linger;
        self
    }

    /// The largest batch of results. Default: 1 MB.
    #[must_use]
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.config.batch_bytes = bytes;
        self
    }

    /// How long results may stay unacknowledged before the application ends. Default: 2 min.
    ///
    /// A single result has less time where the session is shorter: after the length of the session,
    /// less one heartbeat, it is given up, and the tasks begin anew at the last commit. A process
    /// that stood still for longer than its session so writes nothing into topics that belong to
    /// others by then. As long as the group's coordinator is away as well, the application waits.
    #[must_use]
    pub fn delivery_timeout(mut self, timeout: Duration) -> Self {
        self.config.delivery_timeout = timeout;
        self
    }

    /// Bytes fetched ahead of each partition. Default: 4 MiB.
    #[must_use]
    pub fn fetch_ahead_bytes(mut self, bytes: usize) -> Self {
        self.config.fetch_ahead_bytes = bytes;
        self
    }

    /// How often topics are looked at: a pattern source may match new ones, and topics may have
    /// more partitions than before. Default: 30 s.
    #[must_use]
    pub fn topic_refresh(mut self, interval: Duration) -> Self {
        self.config.topic_refresh = interval;
        self
    }

    /// Which records of source topics are read. The default is [`Isolation::ReadCommitted`]:
    /// records of transactions that were aborted, or are not decided yet, are not processed.
    /// Changelogs and global tables are always read so.
    ///
    /// Kafka Streams reads uncommitted records by default (`isolation.level` of the consumer)
    /// unless it processes exactly once.
    #[must_use]
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.config.isolation = isolation;
        self
    }

    /// Lets the process join a group whose members run another topology, as in a rolling upgrade
    /// that changes it. Without this it refuses to, because members of one group share the
    /// partitions of its topics.
    #[must_use]
    pub fn accept_other_topologies(mut self) -> Self {
        self.config.accept_other_topologies = true;
        self
    }

    /// The wall clock. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.config.clock = clock;
        self
    }

    /// Starts paused: tasks are taken and restored, and queries are answered, but nothing is processed until [`App::resume`].
    ///
    /// Kafka Streams: `KafkaStreams.pause()` before `start()`.
    #[must_use]
    pub fn paused(mut self) -> Self {
        self.config.paused = true;
        self
    }

    /// Starts the application: checks settings and topics, makes internal topics, fills global tables, joins the group. Returns when that is done;
    /// tasks then arrive from the group ([`App::running`] waits for them).
    ///
    /// # Errors
    /// [`Error::Startup`] with everything that is in the way.
    pub async fn start(self) -> Result<App<T>, Error> {
        let (topology, start) = self.into_start();
        Ok(App::new(topology, launch(start).await?))
    }

    pub(super) fn into_start(self) -> (Arc<T>, Start) {
        let topology = Arc::new(self.topology);
        let start = Start {
            topology: AnyTopology::new(&topology),
            config: self.config,
            problems: self.problems,
            embedded: self.embedded,
            opened: None,
            #[cfg(feature = "kafka")]
            kafka: self.kafka,
        };
        (topology, start)
    }
}
