//! The broker seam, put on [`EmbeddedLog`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::EmbeddedLog;
use super::consumer::EmbeddedConsumer;
use super::member::EmbeddedMember;
use super::producer::EmbeddedProducer;
use super::writer::EmbeddedWriter;
use crate::broker::{
    Answer, Broker, BrokerError, Consumer, ConsumerConfig, GroupConfig, GroupMember, Isolation, NewTopic, OffsetAt, Producer,
    ProducerConfig, TopicInfo, TopicPartition, Writer,
};

impl Broker for EmbeddedLog {
    fn address(&self) -> String {
        self.place()
    }

    fn topics(&self, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>> {
        let made = self.create_missing(names.iter().copied());
        Answer::ready(made.map(|()| names.iter().map(|name| self.find(name).map(|t| t.info())).collect()))
    }

    fn all_topics(&self) -> Answer<Vec<TopicInfo>> {
        Answer::ready(Ok(self.snapshot().iter().map(|t| t.info()).collect()))
    }

    /// The number of copies is not looked at: there is one.
    fn create_topic(&self, topic: &NewTopic) -> Answer<()> {
        Answer::ready(self.make_topic(&topic.name, topic.partitions, &topic.config))
    }

    fn topic_config(&self, topic: &str) -> Answer<BTreeMap<String, String>> {
        Answer::ready(self.topic(topic).map(|topic| topic.full_config()))
    }

    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, _isolation: Isolation) -> Answer<Vec<i64>> {
        let offset = |id: &TopicPartition| {
            let log = self.partition_log(id)?;
            match at {
                OffsetAt::Earliest => Ok(log.start()),
                // Whoever is told it goes on as if all before it were there for good: a store that
                // is restored notes that it has them.
                OffsetAt::Latest => {
                    let end = log.end();
                    log.flush_to(end).map(|()| end)
                }
                OffsetAt::Timestamp(ms) => log.find_timestamp(ms),
            }
        };
        Answer::ready(partitions.iter().map(offset).collect())
    }

    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Answer<()> {
        Answer::ready(before.iter().try_for_each(|(id, offset)| self.partition_log(id)?.delete_before(*offset)))
    }

    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.create_missing(config.topics.iter().map(String::as_str))?;
        let group = self.group(&config.group);
        let id = group.join(config, self.mono_ms(), &|t| self.partition_count(t));
        Ok(Arc::new(EmbeddedMember::new(self.clone(), group, id)))
    }

    fn consumer(&self, config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError> {
        Ok(Box::new(EmbeddedConsumer::new(self.clone(), config)))
    }

    fn producer(&self, _config: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError> {
        Ok(Box::new(EmbeddedProducer::new(self.clone())))
    }

    fn writer(&self, _config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError> {
        Ok(Box::new(EmbeddedWriter::new(self.clone())))
    }
}
