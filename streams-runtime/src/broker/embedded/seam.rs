//! The broker seam, put on [`EmbeddedLog`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::EmbeddedLog;
use super::consumer::EmbeddedConsumer;
use super::member::EmbeddedMember;
use super::producer::EmbeddedProducer;
use super::writer::EmbeddedWriter;
use crate::broker::{
    Broker, BrokerError, Consumer, ConsumerConfig, GroupConfig, GroupMember, Isolation, NewTopic, OffsetAt, Producer, ProducerConfig,
    TopicInfo, TopicPartition, Writer,
};

impl Broker for EmbeddedLog {
    fn address(&self) -> String {
        self.place()
    }

    fn topics(&self, names: &[&str]) -> Result<Vec<Option<TopicInfo>>, BrokerError> {
        self.create_missing(names.iter().copied())?;
        Ok(names.iter().map(|name| self.find(name).map(|t| t.info())).collect())
    }

    fn all_topics(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        Ok(self.snapshot().iter().map(|t| t.info()).collect())
    }

    /// The number of copies is not looked at: there is one.
    fn create_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        self.make_topic(&topic.name, topic.partitions, &topic.config)
    }

    fn topic_config(&self, topic: &str) -> Result<BTreeMap<String, String>, BrokerError> {
        Ok(self.topic(topic)?.full_config())
    }

    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, _isolation: Isolation) -> Result<Vec<i64>, BrokerError> {
        partitions
            .iter()
            .map(|id| {
                let log = self.partition_log(id)?;
                match at {
                    OffsetAt::Earliest => Ok(log.start()),
                    OffsetAt::Latest => Ok(log.end()),
                    OffsetAt::Timestamp(ms) => log.find_timestamp(ms),
                }
            })
            .collect()
    }

    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Result<(), BrokerError> {
        for (id, offset) in before {
            self.partition_log(id)?.delete_before(*offset)?;
        }
        Ok(())
    }

    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.create_missing(config.topics.iter().map(String::as_str))?;
        let group = self.group(&config.group);
        let id = group.join(config, self.now_ms(), &|t| self.partition_count(t));
        Ok(Arc::new(EmbeddedMember::new(self.clone(), group, id)))
    }

    fn consumer(&self, _config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError> {
        Ok(Box::new(EmbeddedConsumer::new(self.clone())))
    }

    fn producer(&self, _config: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError> {
        Ok(Box::new(EmbeddedProducer::new(self.clone())))
    }

    fn writer(&self, _config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError> {
        Ok(Box::new(EmbeddedWriter::new(self.clone())))
    }
}
