//! Who looks on while a simulation runs, and knows what the topology is to do.

use streams_runtime::broker::TopicPartition;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::RecordRef;

use super::random::Random;

/// A record that was written to a topic.
#[derive(Debug)]
pub struct Appended<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// The record.
    pub record: RecordRef<'a>,
    /// It comes from a process that has lost its tasks and has not heard of it yet. Without
    /// transactions nobody can keep such a record out: what is written to this key is no more
    /// than what that process knew.
    pub is_stale: bool,
}

/// A batch that reached the backend of a store.
#[derive(Debug)]
pub struct Stored<'a> {
    /// The store.
    pub store: &'a str,
    /// The partition of its task.
    pub partition: i32,
    /// Keys and values.
    pub writes: &'a [(&'a [u8], Option<&'a [u8]>)],
    /// The offset in its changelog.
    pub position: i64,
    /// They come from the changelog, which may be ahead of what is committed.
    pub is_restored: bool,
    /// Tells the process from all others of the run.
    pub process: u64,
}

/// A record that is written to a topic from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fed {
    /// The topic.
    pub topic: String,
    /// The partition; by the key if there is none.
    pub partition: Option<i32>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value.
    pub value: Option<Vec<u8>>,
    /// Its time.
    pub timestamp_ms: i64,
}

impl Fed {
    /// A record with a key and a value.
    pub fn new(topic: impl Into<String>, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>, timestamp_ms: i64) -> Self {
        Fed { topic: topic.into(), partition: None, key: Some(key.into()), value: Some(value.into()), timestamp_ms }
    }

    /// A record whose value is null: in a table the deletion of a row.
    pub fn deletion(topic: impl Into<String>, key: impl Into<Vec<u8>>, timestamp_ms: i64) -> Self {
        Fed { topic: topic.into(), partition: None, key: Some(key.into()), value: None, timestamp_ms }
    }

    /// The same record for this partition.
    #[must_use]
    pub fn to_partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Before any process is started.
    Begin,
    /// After the last fault.
    Calm,
    /// After all processes were started anew from what is in the topics alone.
    Restarted,
}

/// Makes the input of a run, looks on, and says what does not hold.
///
/// An `Err` is a finding: the run goes on, and has failed.
pub trait Watch: Send {
    /// The records of a step of the input.
    fn feed(&mut self, random: &mut Random, step: u64) -> Vec<Fed>;

    /// A record was written to a topic, by a process or from outside.
    ///
    /// # Errors
    /// What does not hold.
    fn appended(&mut self, appended: &Appended<'_>) -> Result<(), String> {
        let _ = appended;
        Ok(())
    }

    /// A process was given a record, of an input or of a changelog: what it does with it may be
    /// done so many times.
    fn delivered(&mut self, partition: &TopicPartition, offset: i64) {
        let _ = (partition, offset);
    }

    /// A process begins to read a partition of an input, from an offset on: its task was opened.
    fn opened(&mut self, partition: &TopicPartition, offset: i64) {
        let _ = (partition, offset);
    }

    /// The group has taken an offset: the effects of all records before it have to be in the topics
    /// by now.
    ///
    /// # Errors
    /// What does not hold.
    fn committed(&mut self, partition: &TopicPartition, offset: i64) -> Result<(), String> {
        let _ = (partition, offset);
        Ok(())
    }

    /// A store has put rows into its backend: they have to be effects of committed records.
    ///
    /// # Errors
    /// What does not hold.
    fn stored(&mut self, stored: &Stored<'_>) -> Result<(), String> {
        let _ = stored;
        Ok(())
    }

    /// The log was opened again after a crash, and the partition ends here: what was behind it and
    /// not acknowledged is gone.
    fn cut(&mut self, partition: &TopicPartition, end: i64, log: &EmbeddedLog) {
        let _ = (partition, end, log);
    }

    /// What has to come before everything is done, such as records that close windows.
    fn before(&mut self, round: Round, partitions: i32) -> Vec<Fed> {
        let _ = (round, partitions);
        Vec::new()
    }

    /// Everything is done: what does not hold.
    fn settled(&mut self, round: Round, log: &EmbeddedLog) -> Vec<String> {
        let _ = (round, log);
        Vec::new()
    }

    /// Up to which offsets the heads of changelogs may be deleted by now. `committed` tells the
    /// offset that the group has for a partition.
    fn out_of_retention(&mut self, log: &EmbeddedLog, committed: &dyn Fn(&TopicPartition) -> i64) -> Vec<(TopicPartition, i64)> {
        let _ = (log, committed);
        Vec::new()
    }

    /// Whether an application may end with this error, and is to be started again.
    fn may_fail(&mut self, error: &str) -> bool {
        let _ = error;
        false
    }
}
