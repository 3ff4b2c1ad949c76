//! The embedded log behind a network that is not to be relied on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{
    Answer, Broker, BrokerError, CommitOffset, Consumer, ConsumerConfig, GroupConfig, GroupEvent, GroupMember, Isolation, NewTopic,
    OffsetAt, PartitionSlot, Producer, ProducerConfig, TopicInfo, TopicPartition, Waker, Writer,
};
use streams_runtime::record::RecordBatch;

use super::process::{Process, timed_out};
use super::producer::FaultyProducer;

/// The broker of one process.
#[derive(Debug)]
pub(super) struct FaultyBroker {
    pub(super) log: EmbeddedLog,
    pub(super) process: Arc<Process>,
}

impl Broker for FaultyBroker {
    fn address(&self) -> String {
        "a log behind a bad network".to_owned()
    }

    fn topics(&self, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>> {
        let answer = || {
            self.process.enter("topics")?;
            self.log.topics(names).wait()
        };
        Answer::ready(answer())
    }

    fn all_topics(&self) -> Answer<Vec<TopicInfo>> {
        let answer = || {
            self.process.enter("topics")?;
            self.log.all_topics().wait()
        };
        Answer::ready(answer())
    }

    fn create_topic(&self, topic: &NewTopic) -> Answer<()> {
        let answer = || {
            self.process.enter("create topic")?;
            Broker::create_topic(&self.log, topic).wait()
        };
        Answer::ready(answer())
    }

    fn topic_config(&self, topic: &str) -> Answer<BTreeMap<String, String>> {
        let answer = || {
            self.process.enter("topic config")?;
            self.log.topic_config(topic).wait()
        };
        Answer::ready(answer())
    }

    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, isolation: Isolation) -> Answer<Vec<i64>> {
        let answer = || {
            self.process.request("offsets")?;
            self.process.questions.fetch_add(1, Ordering::SeqCst);
            self.log.offsets(partitions, at, isolation).wait()
        };
        Answer::ready(answer())
    }

    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Answer<()> {
        let answer = || {
            self.process.request("delete records")?;
            self.log.delete_records(before).wait()
        };
        Answer::ready(answer())
    }

    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.process.enter("join group")?;
        let inner = self.log.join_group(config)?;
        Ok(Arc::new(FaultyMember { inner: Some(inner), process: Arc::clone(&self.process) }))
    }

    fn consumer(&self, config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError> {
        self.process.enter("consumer")?;
        Ok(Box::new(FaultyConsumer {
            inner: self.log.consumer(config)?,
            log: self.log.clone(),
            process: Arc::clone(&self.process),
            reading: Vec::new(),
        }))
    }

    fn producer(&self, _: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError> {
        self.process.enter("producer")?;
        Ok(Box::new(FaultyProducer::new(self.log.clone(), Arc::clone(&self.process))))
    }

    fn writer(&self, config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError> {
        self.process.enter("writer")?;
        self.log.writer(config)
    }
}

/// A membership that may be forgotten while its process stands still, and whose commits may be done
/// and not reported.
struct FaultyMember {
    /// Taken out when the process dies, so that the group has to find out.
    inner: Option<Arc<dyn GroupMember>>,
    process: Arc<Process>,
}

impl FaultyMember {
    fn inner(&self) -> Result<&Arc<dyn GroupMember>, BrokerError> {
        self.inner.as_ref().ok_or_else(|| timed_out("group"))
    }
}

impl GroupMember for FaultyMember {
    fn poll(&self, timeout: Duration) -> Result<Option<GroupEvent>, BrokerError> {
        self.process.enter("group")?;
        let event = self.inner()?.poll(timeout)?;
        if matches!(&event, Some(GroupEvent::Assigned(partitions)) if !partitions.is_empty()) {
            self.process.assignments.fetch_add(1, Ordering::SeqCst);
        }
        Ok(event)
    }

    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        self.process.enter("acknowledge")?;
        self.inner()?.acknowledge_revoked(partitions)
    }

    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>> {
        let answer = || {
            self.process.request("committed")?;
            self.process.questions.fetch_add(1, Ordering::SeqCst);
            self.inner()?.committed(partitions).wait()
        };
        Answer::ready(answer())
    }

    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()> {
        let answer = || {
            self.process.request("commit")?;
            self.inner()?.commit(offsets).wait()?;
            let (dice, count) = self.process.chance("commit");
            if !self.process.weather.is_over() && dice.one_in(count, self.process.weather.script.unknown_commits_one_in) {
                return Err(timed_out("commit"));
            }
            Ok(())
        };
        Answer::ready(answer())
    }

    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError> {
        self.process.enter("subscribe")?;
        self.inner()?.subscribe(topics)
    }

    fn leave(&self) -> Answer<()> {
        let left = || self.process.enter("leave").and_then(|()| self.inner()?.leave().wait());
        Answer::ready(left())
    }

    fn members(&self) -> Answer<Vec<String>> {
        Answer::ready(self.inner().and_then(|inner| inner.members().wait()))
    }

    fn wake(&self, waker: Waker) {
        if let Ok(inner) = self.inner() {
            inner.wake(waker);
        }
    }
}

impl Drop for FaultyMember {
    fn drop(&mut self) {
        // The group is not told that a process is gone.
        if self.process.is_dead() {
            std::mem::forget(self.inner.take());
        }
    }
}

/// A reader that meets the broker away.
struct FaultyConsumer {
    inner: Box<dyn Consumer>,
    log: EmbeddedLog,
    process: Arc<Process>,
    /// Changelogs that are read from their beginning: how many fetches ago.
    reading: Vec<(PartitionSlot, TopicPartition, u32)>,
}

impl FaultyConsumer {
    /// Deletes what is out of retention from the head of a changelog that is being restored.
    fn delete_head(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        let Some((_, partition, fetches)) = self.reading.iter_mut().find(|(reading, ..)| *reading == slot) else { return Ok(()) };
        *fetches += 1;
        if *fetches != 1 {
            return Ok(());
        }
        let config = self.log.topic_config(&partition.topic).wait()?;
        if !config.get("cleanup.policy").is_some_and(|policy| policy.contains("delete")) {
            return Ok(());
        }
        // A row is of no use when the records behind the committed offset are too late for its
        // window.
        let input = TopicPartition::new("in", partition.partition);
        let committed = self.process.weather.committed(std::slice::from_ref(&input))?.pop().unwrap_or(0);
        let done = self.log.read("in", partition.partition, 0, usize::MAX)?;
        let newest_ms = done.iter().filter(|record| record.offset < committed).map(|record| record.timestamp_ms).max().unwrap_or(0);
        let rows = self.log.read(&partition.topic, partition.partition, 0, usize::MAX).unwrap_or_default();
        let kept = rows.iter().find(|row| row.timestamp_ms > newest_ms - super::world::RETENTION_MS);
        match kept {
            Some(row) => self.log.delete_records(&[(partition.clone(), row.offset)]).wait(),
            None => Ok(()),
        }
    }
}

impl Consumer for FaultyConsumer {
    fn assign(&mut self, partition: &TopicPartition, offset: i64) -> Result<PartitionSlot, BrokerError> {
        self.process.enter("assign")?;
        let slot = self.inner.assign(partition, offset)?;
        let script = &self.process.weather.script;
        if script.deletes_heads && !self.process.weather.is_over() && partition.topic.ends_with("-changelog") {
            self.reading.push((slot, partition.clone(), 0));
        }
        Ok(slot)
    }

    fn unassign(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        self.reading.retain(|(reading, ..)| *reading != slot);
        self.inner.unassign(slot)
    }

    fn fetch(&mut self, slot: PartitionSlot, max_records: usize, into: &mut RecordBatch) -> Result<usize, BrokerError> {
        self.process.request("fetch")?;
        self.delete_head(slot)?;
        self.inner.fetch(slot, max_records, into)
    }

    fn position(&self, slot: PartitionSlot) -> i64 {
        self.inner.position(slot)
    }

    fn known_end(&self, slot: PartitionSlot) -> Option<i64> {
        self.inner.known_end(slot)
    }

    fn wait(&mut self, timeout: Duration) {
        self.inner.wait(timeout);
    }

    fn waker(&self) -> Waker {
        self.inner.waker()
    }
}
