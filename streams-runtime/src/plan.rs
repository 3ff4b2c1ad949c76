//! What a topology needs from its surroundings, as plain data: sub-topologies, topics, stores. Made by the macro.

use std::time::Duration;

use crate::windows::{JoinWindows, Windows, duration_ms};

/// A topology cut into parts that run apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyPlan {
    /// The type's name.
    pub name: &'static str,
    /// The parts, in order; a task is one partition of one part.
    pub sub_topologies: Vec<SubTopologyPlan>,
    /// Tables that every process holds whole.
    pub global_tables: Vec<GlobalTablePlan>,
}

impl TopologyPlan {
    /// Whether some source reads topics by a pattern.
    pub fn has_patterns(&self) -> bool {
        self.sub_topologies.iter().flat_map(|s| &s.sources).any(|s| matches!(s.topics, SourceTopics::Pattern(_)))
    }
}

/// One part: the nodes that are connected without a topic between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubTopologyPlan {
    /// What it reads, in the order of the indices that `Topology::build` uses.
    pub sources: Vec<SourcePlan>,
    /// Its stores.
    pub stores: Vec<StorePlan>,
    /// Topics it writes whose names are known; computed names are not listed.
    pub sinks: Vec<SinkPlan>,
    /// Groups of sources (by index) that meet in a join, so that their topics must have the same number of partitions.
    pub copartitioned: Vec<Vec<usize>>,
    /// Stores of tables without changelogs of their own: what they hold is what their topics say.
    pub source_changelogs: Vec<SourceChangelog>,
}

impl SubTopologyPlan {
    /// The topic that is the changelog of a table's store.
    pub(crate) fn source_changelog(&self, store: &str) -> Option<&str> {
        let reused = self.source_changelogs.iter().find(|reused| reused.store == store)?;
        match &self.sources.get(reused.source)?.topics {
            SourceTopics::Named(topics) => topics.first().map(String::as_str),
            _ => None,
        }
    }
}

/// A table whose topic is the changelog of its store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceChangelog {
    /// Its store's name.
    pub store: String,
    /// The source that reads its topic, by index.
    pub source: usize,
}

/// A source node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlan {
    /// The variable of the `let`, or `<name>-repartition`.
    pub name: &'static str,
    /// Where its records come from.
    pub topics: SourceTopics,
    /// Where to begin without a committed offset; `None`: as the application says.
    pub offset_reset: Option<OffsetReset>,
    /// `.partitions(n)`: how many partitions the topic must have.
    pub partitions: Option<i32>,
}

/// Topics of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceTopics {
    /// These.
    Named(Vec<String>),
    /// All whose whole name matches this regular expression.
    Pattern(String),
    /// `<application id>-<name>-repartition`, written by another part (or the same).
    Repartition(String),
    /// One of the two topics of a foreign-key join, written by another part (or the same).
    ForeignKey(ForeignKeyTopic),
}

impl SourceTopics {
    /// The topic, if it is the application's own.
    pub fn internal(&self, application_id: &str) -> Option<String> {
        match self {
            SourceTopics::Named(_) | SourceTopics::Pattern(_) => None,
            SourceTopics::Repartition(name) => Some(repartition_topic(application_id, name)),
            SourceTopics::ForeignKey(topic) => Some(topic.of(application_id)),
        }
    }
}

/// A topic of a foreign-key join, by the name of the join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignKeyTopic {
    /// `<application id>-<name>-subscription-registration-topic`: from the left table to the right one, partitioned as the right one is.
    Subscriptions(String),
    /// `<application id>-<name>-subscription-response-topic`: the way back, partitioned as the left table is.
    Responses(String),
}

impl ForeignKeyTopic {
    /// The topic's whole name, as Kafka Streams names it.
    pub fn of(&self, application_id: &str) -> String {
        match self {
            ForeignKeyTopic::Subscriptions(name) => format!("{application_id}-{name}-subscription-registration-topic"),
            ForeignKeyTopic::Responses(name) => format!("{application_id}-{name}-subscription-response-topic"),
        }
    }
}

/// Where a group without a committed offset begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OffsetReset {
    /// At the first record.
    #[default]
    Earliest,
    /// After the last record.
    Latest,
}

/// A state store of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorePlan {
    /// Its name; the changelog is `<application id>-<name>-changelog`.
    pub name: String,
    /// What kind of store.
    pub kind: StoreKind,
    /// Whether it has a changelog.
    pub logged: bool,
    /// Whether changes may wait in a cache.
    pub cached: bool,
    /// Settings of the changelog's topic, instead of or beside those that it has by its kind.
    pub changelog_settings: Vec<(String, String)>,
    /// How long a row lives, in milliseconds of stream time after its own; `None`: until it is
    /// deleted.
    pub ttl_ms: Option<i64>,
}

impl StorePlan {
    /// A store with a changelog and a cache.
    pub fn new(name: impl Into<String>, kind: StoreKind) -> Self {
        StorePlan { name: name.into(), kind, logged: true, cached: true, changelog_settings: Vec::new(), ttl_ms: None }
    }

    /// Nothing brings the state back when the process is gone, unless its backend does or the source topic that it repeats.
    #[must_use]
    pub fn without_changelog(mut self) -> Self {
        self.logged = false;
        self
    }

    /// Every change is handed on at once.
    #[must_use]
    pub fn without_cache(mut self) -> Self {
        self.cached = false;
        self
    }

    /// A setting of the changelog's topic, such as `retention.ms`.
    #[must_use]
    pub fn changelog_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.changelog_settings.push((name.into(), value.into()));
        self
    }

    /// In `topology!` this is written `.ttl(duration)`, behind what keeps rows by key: a `table`,
    /// `to_table`, an aggregation without windows, a view of a table that has a store, and
    /// `key_value_store()`.
    ///
    /// A row of time t has expired when the stream time of its task reaches t + `ttl`. Each update
    /// gives it the time of the update, so that rows live on while they are updated. The stream
    /// time is that of the task, which moves with each record of any topic that the task reads.
    ///
    /// Rows expire before the record that moved the time reaches an operator: no join, processor or
    /// query sees a row that has expired. A row that has expired when it comes, by a late record,
    /// is a deletion. Rows that expire together do so in the order of time and then key.
    ///
    /// To expire is to be deleted: what follows a table gets the deletion with the time t + `ttl`,
    /// the changelog a tombstone. With a cache both leave with the next flush, as all changes do.
    /// An aggregate that is updated after that begins anew. The rows of a store for processors go
    /// without a word to the processor.
    ///
    /// Kafka Streams has nothing like it; there a processor with a schedule deletes rows by hand.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     /// How many requests each client has made, until it has been quiet for an hour.
    ///     fn requests() -> Requests {
    ///         let requests: Stream<String, String> = stream("requests");
    ///         let per_client: Table<String, u64> = requests.group_by_key().count().ttl(hours(1));
    ///         per_client.to_stream().to("requests-per-client");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::builder(requests()).cache_max_bytes(0).build()?;
    /// let requests = driver.input::<str, str>("requests")?;
    /// requests.pipe_at("ann", "GET /", 0)?;
    /// requests.pipe_at("bob", "GET /", 3_600_000)?;
    /// requests.pipe_at("ann", "GET /", 3_600_001)?;
    /// let counts = driver.output::<String, Option<u64>>("requests-per-client").read_all();
    /// let counts: Vec<_> = counts.iter().map(|r| (&*r.key, r.value, r.timestamp_ms)).collect();
    /// assert_eq!(counts[..2], [("ann", Some(1), 0), ("ann", None, 3_600_000)]);
    /// assert_eq!(counts[2..], [("bob", Some(1), 3_600_000), ("ann", Some(1), 3_600_001)]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl_ms = Some(duration_ms(ttl));
        self
    }
}

/// Kinds of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreKind {
    /// Values by key.
    KeyValue,
    /// Values by key and window.
    Window {
        /// How long a window is kept after its start, in milliseconds of stream time.
        retention_ms: i64,
    },
    /// Values by key and window, put by processors.
    PlainWindow {
        /// How long a window is kept after its start, in milliseconds of stream time.
        retention_ms: i64,
        /// How long a window is, in milliseconds.
        size_ms: i64,
        /// Whether all values of one key and time are kept.
        retain_duplicates: bool,
    },
    /// Values by key and session.
    Session {
        /// How long a session is kept after its end, in milliseconds of stream time.
        retention_ms: i64,
    },
    /// The records of one side of a join of two streams, each for itself.
    JoinWindow {
        /// How long a record is kept after its time, in milliseconds of stream time.
        retention_ms: i64,
    },
    /// Values by key, with the history of each.
    Versioned {
        /// How far back a value can be asked for, in milliseconds before the largest timestamp put.
        history_ms: i64,
    },
    /// Records or changes that wait for their time.
    Buffer,
}

impl StoreKind {
    /// A store that keeps the history of each key for so long: that of a `versioned_store(history)`, and of a table that is `.versioned(history)`.
    pub fn versioned_store(history: Duration) -> Self {
        StoreKind::Versioned { history_ms: duration_ms(history) }
    }

    /// The store of an aggregation in these windows, with a retention of its own or the one that the windows need.
    pub fn windows(windows: &impl Windows, retention: Option<Duration>) -> Self {
        windows.store(retention.map_or_else(|| windows.retention_ms(), duration_ms))
    }

    /// The store of one side of a join in these windows.
    pub fn join_windows(windows: &JoinWindows) -> Self {
        StoreKind::JoinWindow { retention_ms: windows.retention_ms() }
    }

    /// The store of the ids of records that were passed on, of a `dedup(within(…))`.
    pub fn ids(windows: &JoinWindows) -> Self {
        // A row at the very edge of the windows is still compared with.
        let retention_ms = windows.retention_ms().saturating_add(1);
        StoreKind::PlainWindow { retention_ms, size_ms: 1, retain_duplicates: false }
    }

    /// The store of a `window_store(retention, size)`.
    pub fn window_store(retention: Duration, size: Duration) -> Self {
        StoreKind::PlainWindow { retention_ms: duration_ms(retention), size_ms: duration_ms(size), retain_duplicates: false }
    }

    /// The store of a `session_store(retention)`.
    pub fn session_store(retention: Duration) -> Self {
        StoreKind::Session { retention_ms: duration_ms(retention) }
    }

    /// The window store, keeping all values of one key and time.
    #[must_use]
    pub fn retain_duplicates(mut self) -> Self {
        if let StoreKind::PlainWindow { retain_duplicates, .. } = &mut self {
            *retain_duplicates = true;
        }
        self
    }
}

/// A topic that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkPlan {
    /// This one.
    Topic(String),
    /// `<application id>-<name>-repartition`.
    Repartition {
        /// The name in the middle.
        name: String,
        /// `.partitions(n)`; `None`: as many as the largest source of this part has.
        partitions: Option<i32>,
    },
    /// One of the two topics of a foreign-key join.
    ForeignKey(ForeignKeyTopic),
}

impl SinkPlan {
    /// The topic, if it is the application's own.
    pub fn internal(&self, application_id: &str) -> Option<String> {
        match self {
            SinkPlan::Topic(_) => None,
            SinkPlan::Repartition { name, .. } => Some(repartition_topic(application_id, name)),
            SinkPlan::ForeignKey(topic) => Some(topic.of(application_id)),
        }
    }
}

/// A table that every process reads whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalTablePlan {
    /// Its store's name.
    pub name: String,
    /// Its topic.
    pub topic: String,
}

/// `<application id>-<name>-repartition`, as Kafka Streams names it.
pub fn repartition_topic(application_id: &str, name: &str) -> String {
    format!("{application_id}-{name}-repartition")
}

/// `<application id>-<name>-changelog`, as Kafka Streams names it.
pub fn changelog_topic(application_id: &str, store: &str) -> String {
    format!("{application_id}-{store}-changelog")
}
