//! What the tests share: a log in a directory, and pipelines on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{Broker, GroupConfig, TopicPartition};
use streams_runtime::record::{NewRecord, RecordBatch};
use tempfile::TempDir;
use tests::process::Pipeline;
use tests::words::{AtTheKill, BEGIN_MS, Repartitioned, word};

/// The internal topics of the word count.
pub(crate) const REPARTITION: &str = "app-counts-repartition";
pub(crate) const CHANGELOG: &str = "app-counts-changelog";

/// A directory of its own for a test.
pub(crate) fn directory() -> TempDir {
    tempfile::Builder::new().prefix("faults-").tempdir().expect("a directory")
}

/// Opens the log of a directory; no pipeline may run on it.
pub(crate) fn open(directory: &Path) -> EmbeddedLog {
    EmbeddedLog::open(directory).expect("the log opens")
}

/// A pipeline on the log of a directory: `topology name=value …`.
pub(crate) fn start(name: &str, directory: &Path, args: &[&str]) -> Pipeline {
    start_by(Command::new(env!("CARGO_BIN_EXE_pipelines")), name, directory, args)
}

/// The same with file sizes limited, the error of which a process that ignores SIGXFSZ sees as that of a full disk.
pub(crate) fn start_on_small_disk(name: &str, directory: &Path, file_kib: u64, args: &[&str]) -> Pipeline {
    let mut shell = Command::new("bash");
    // bash's unit is 1024 bytes. A shell may not handle a signal that it was told to ignore, nor may what it becomes.
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {file_kib}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_pipelines")]);
    start_by(shell, name, directory, args)
}

fn start_by(command: Command, name: &str, directory: &Path, args: &[&str]) -> Pipeline {
    let mut args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    args.push(format!("embedded={}", directory.display()));
    args.push("id=app".to_owned());
    Pipeline::start_by(command, name, &args)
}

/// Appends a record without a key.
pub(crate) fn append(log: &EmbeddedLog, topic: &str, partition: i32, value: &[u8], timestamp_ms: i64) {
    log.append(topic, Some(partition), NewRecord { key: None, value: Some(value), timestamp_ms, offset: 0 }).expect("append");
}

/// All records of a topic, partition by partition.
pub(crate) fn read(log: &EmbeddedLog, topic: &str) -> Vec<RecordBatch> {
    let partitions = log.partitions(topic).expect("the topic");
    (0..partitions).map(|p| log.read(topic, p, 0, usize::MAX).expect("read")).collect()
}

/// Values of a topic as text, partition by partition.
pub(crate) fn values(log: &EmbeddedLog, topic: &str) -> Vec<String> {
    let text = |value: Option<&[u8]>| String::from_utf8(value.unwrap_or_default().to_vec()).expect("text");
    read(log, topic).iter().flat_map(|batch| batch.iter().map(|r| text(r.value)).collect::<Vec<_>>()).collect()
}

/// The last number of each key of a topic.
pub(crate) fn last(log: &EmbeddedLog, topic: &str) -> BTreeMap<String, u64> {
    let mut last = BTreeMap::new();
    for batch in read(log, topic) {
        for record in batch.iter() {
            let key = String::from_utf8(record.key.expect("a key").to_vec()).expect("text");
            let value = record.value.expect("a value").try_into().expect("8 bytes");
            last.insert(key, u64::from_be_bytes(value));
        }
    }
    last
}

/// The committed offset of each partition of a topic; 0 where there is none.
pub(crate) fn committed(log: &EmbeddedLog, topic: &str) -> Vec<i64> {
    let config = GroupConfig {
        group: "app".into(),
        topics: Vec::new(),
        instance: None,
        client_id: "test".into(),
        session_timeout: Duration::from_secs(10),
    };
    let member = log.join_group(&config).expect("a member");
    let partitions: Vec<TopicPartition> = (0..log.partitions(topic).expect("the topic")).map(|p| TopicPartition::new(topic, p)).collect();
    let offsets = member.committed(&partitions).wait().expect("committed");
    member.leave().wait().expect("leave");
    offsets.into_iter().map(|c| c.map_or(0, |c| c.offset)).collect()
}

/// Makes the topic `words` and fills it: word `n` is offset `n / partitions` of partition `n % partitions`.
pub(crate) fn write_words(directory: &Path, partitions: usize, words: usize) {
    let log = open(directory);
    log.create_topic("words", partitions as i32).expect("create");
    for n in 0..words {
        append(&log, "words", (n % partitions) as i32, word(n).as_bytes(), BEGIN_MS + n as i64);
    }
}

/// What the only process left behind.
pub(crate) fn at_the_kill(log: &EmbeddedLog) -> AtTheKill {
    let partitions = log.partitions("words").expect("the topic") as usize;
    AtTheKill {
        tasks: [(0..partitions).collect(), (0..partitions).collect()],
        committed_input: committed(log, "words"),
        committed_repartition: committed(log, REPARTITION),
        repartition_ends: read(log, REPARTITION).iter().map(|b| b.len() as i64).collect(),
        changelog: last(log, CHANGELOG),
    }
}

/// The repartition topic of the word count.
pub(crate) fn repartitioned(log: &EmbeddedLog) -> Vec<Repartitioned> {
    let mut all = Vec::new();
    for (partition, batch) in read(log, REPARTITION).iter().enumerate() {
        all.extend(batch.iter().map(|r| {
            let word = String::from_utf8(r.key.expect("a key").to_vec()).expect("text");
            Repartitioned { partition, offset: r.offset, word, timestamp_ms: r.timestamp_ms }
        }));
    }
    all
}
