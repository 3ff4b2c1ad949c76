//! What reaches the caller of `start`, `run_until` and `shutdown`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::query::QueryError;
use crate::broker::BrokerError;
use crate::client::{ReadError, SendError};
use crate::error::TaskError;
use crate::stores::StoreError;
use crate::task::{BuildError, TaskId};

/// Why an application did not start, or ended.
///
/// A clone is the same error: everyone who waits for an application gets it. Its `Debug` is its `Display`: that is what people see
/// when `main` returns it.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The application cannot run on this broker, or with these settings: everything that is in the way.
    #[error("the application cannot start:{}", list(.0))]
    Startup(Vec<StartupProblem>),
    /// The broker failed in a way that waiting does not mend.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// A task had to stop. Its offsets are not committed beyond the record at fault.
    #[error("task {task} stopped: {source}")]
    Task {
        /// `<sub-topology>_<partition>`.
        task: String,
        /// The record and the cause.
        source: Arc<TaskError>,
    },
    /// The broker refused a result, and the handler said to fail. The offset of its record is not committed.
    #[error(transparent)]
    Result(Arc<TaskError>),
    /// A task could not be made.
    #[error("task {task} could not be made: {source}")]
    Build {
        /// `<sub-topology>_<partition>`.
        task: String,
        /// The cause.
        source: Arc<BuildError>,
    },
    /// State could not be restored.
    #[error("the state of task {task} could not be restored: {source}")]
    Restore {
        /// `<sub-topology>_<partition>`.
        task: String,
        /// The cause.
        source: StoreError,
    },
    /// A global table could not be filled.
    #[error("global table `{table}`: {source}")]
    GlobalTable {
        /// Its name.
        table: String,
        /// The cause.
        source: Arc<TaskError>,
    },
    /// A query has no answer. Only what asks for one returns this.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A record was not written. Only a [`Producer`](crate::Producer) returns this.
    #[error(transparent)]
    Send(#[from] SendError),
    /// A record was not read. Only a [`Reader`](crate::Reader) returns this.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A thread of the application panicked, most likely in the user's code.
    #[error("a thread of the application panicked: {0}")]
    Panicked(String),
    /// A worker made no progress for too long; the process left its group, so that others could take over.
    #[error("worker {worker} made no progress for {after:?}; is a closure or processor blocking? (`max_poll_interval` allows more)")]
    Stuck {
        /// Which worker.
        worker: usize,
        /// For how long.
        after: Duration,
    },
    /// A topic has more partitions than there are tasks, and is not the topic whose partitions
    /// stand for the tasks.
    #[error(
        "topic `{topic}`, new or grown, has {partitions} partitions, more than the {tasks} tasks that would read it; restart all processes of \
         the application, so that they agree on more tasks"
    )]
    Outgrown {
        /// The topic.
        topic: String,
        /// How many it has.
        partitions: i32,
        /// How many tasks there are.
        tasks: i32,
    },
    /// A topic was made again with fewer partitions.
    #[error("topic `{topic}` has {partitions} partitions, and had {before}; restart all processes of the application")]
    Shrunk {
        /// The topic.
        topic: String,
        /// How many it has.
        partitions: i32,
        /// How many it had.
        before: i32,
    },
    /// The topics were changed while the application ran, and it cannot go on with them as they
    /// are.
    #[error("the topics have changed while the application ran: {0}")]
    TopicsChanged(Arc<Error>),
    /// A topic that is read was deleted, and not made again.
    #[error("a topic of the application was deleted while it ran, and not made again: {0}")]
    SourceGone(BrokerError),
    /// The group has members that run another topology.
    #[error(
        "group `{group}` has a member that runs another topology ({member}), with which this process would share partitions; give this \
         application an id of its own, or stop the processes of the other topology first"
    )]
    OtherTopology {
        /// The group: the application id.
        group: String,
        /// The client of that member.
        member: String,
    },
    /// The application was stopped while the broker was away, so that what was done last is not committed. It is done again after the next start.
    #[error("stopped, but the last commit failed ({0}): what was done since the one before is done again after the next start")]
    LastCommit(BrokerError),
    /// The shutdown took longer than allowed. What was not committed is processed again after the next start.
    #[error("the shutdown was not over after {0:?}")]
    ShutdownTimedOut(Duration),
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(Arc<std::io::Error>),
}

impl Error {
    /// A task had to stop.
    pub(super) fn task(id: TaskId, source: Box<TaskError>) -> Self {
        Error::Task { task: id.to_string(), source: source.into() }
    }

    /// A store of a task cannot be restored.
    pub(super) fn restore(id: TaskId, source: StoreError) -> Self {
        Error::Restore { task: id.to_string(), source }
    }
}

crate::error::debug_is_display!(Error);

/// One thing in the way of a start.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartupProblem {
    /// No application id.
    #[error("no application id: call `.application_id(\"…\")`; it names the consumer group and prefixes internal topics")]
    NoApplicationId,
    /// An application id that cannot be part of a topic name.
    #[error("application id `{0}`: only letters, digits, `.`, `_` and `-` can be part of a topic name")]
    InvalidApplicationId(String),
    /// No broker.
    #[error(
        "no broker: call `.brokers(\"host:port\")` for Kafka, or `.embedded(\"dir\")` or `.embedded_in_memory()` for a log in this process"
    )]
    NoBroker,
    /// Two brokers.
    #[error("both Kafka and a log in this process are named: call `.brokers(…)`, or `.embedded(…)` and the like, not both")]
    TwoBrokers,
    /// A setting out of range.
    #[error("setting `{name}`: {reason}")]
    Setting {
        /// Which.
        name: &'static str,
        /// Why not.
        reason: String,
    },
    /// A constant or a parameter of the topology makes no sense where it is used.
    #[error("{place}: {reason}")]
    Topology {
        /// The operator, its state, and what was written.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// State of the last start is gone, or is something else now.
    #[error(
        "the state is not that of the last start, as it is recorded in {record}: {changes}; `.accept_state_changes()` starts with the state \
         that there is"
    )]
    StateChanged {
        /// The file that says what the state was.
        record: String,
        /// What has changed.
        changes: String,
    },
    /// The broker did not take its settings, or cannot be reached.
    #[error("{0}")]
    Broker(String),
    /// A topic that is read or written does not exist.
    #[error("topic `{topic}` ({role}) does not exist")]
    MissingTopic {
        /// Its name.
        topic: String,
        /// What the topology does with it.
        role: &'static str,
    },
    /// A pattern that is no regular expression.
    #[error("pattern `{pattern}`: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why not.
        reason: String,
    },
    /// Topics that meet in a join have different partition counts.
    #[error("topics that are joined must have the same number of partitions: {topics}")]
    NotCopartitioned {
        /// `topic: count` of each.
        topics: String,
    },
    /// `.partitions(n)` and the broker disagree.
    #[error("topic `{topic}` has {found} partitions, the topology says {declared}")]
    PartitionCount {
        /// Its name.
        topic: String,
        /// What the topology says.
        declared: i32,
        /// What the broker says.
        found: i32,
    },
    /// An internal topic is there with other settings than this application would give it.
    #[error("internal topic `{topic}`: {reason}; delete it (with the application stopped), or use another application id")]
    InternalTopic {
        /// Its name.
        topic: String,
        /// What is different.
        reason: String,
    },
    /// Another process uses the state directory.
    #[error("state directory `{path}`: {reason}")]
    StateDirectory {
        /// The directory.
        path: String,
        /// Why it cannot be used.
        reason: String,
    },
}

crate::error::debug_is_display!(StartupProblem);

fn list(problems: &[StartupProblem]) -> impl fmt::Display + '_ {
    struct List<'a>(&'a [StartupProblem]);
    impl fmt::Display for List<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
        }
    }
    List(problems)
}
