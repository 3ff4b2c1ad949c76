//! The broker of one process: the log, at the other end of the network.

use std::collections::BTreeMap;
use std::sync::Arc;

use streams_runtime::broker::{
    Answer, Broker, BrokerError, Consumer, ConsumerConfig, GroupConfig, GroupMember, Isolation, NewTopic, OffsetAt, Producer,
    ProducerConfig, TopicInfo, TopicPartition, Writer,
};

use super::consumer::SimConsumer;
use super::link::Link;
use super::member::SimMember;
use super::net::Target;
use super::producer::SimProducer;

pub(super) const ADDRESS: &str = "a simulated log";

/// What a process takes for its broker.
#[derive(Debug)]
pub(super) struct SimBroker(pub(super) Arc<Link>);

impl Broker for SimBroker {
    fn address(&self) -> String {
        ADDRESS.to_owned()
    }

    fn topics(&self, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let ask = move |net: &Arc<super::net::Net>| net.log().topics(&names.iter().map(String::as_str).collect::<Vec<_>>()).wait();
        self.0.ask("topics", Target::Any, 0, ask).0
    }

    fn all_topics(&self) -> Answer<Vec<TopicInfo>> {
        self.0.ask("all topics", Target::Any, 0, |net| net.log().all_topics().wait()).0
    }

    fn create_topic(&self, topic: &NewTopic) -> Answer<()> {
        let topic = topic.clone();
        self.0.ask("create topic", Target::Any, 0, move |net| net.create_topic(&topic)).0
    }

    fn topic_config(&self, topic: &str) -> Answer<BTreeMap<String, String>> {
        let topic = topic.to_owned();
        self.0.ask("topic config", Target::Any, 0, move |net| net.log().topic_config(&topic).wait()).0
    }

    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, isolation: Isolation) -> Answer<Vec<i64>> {
        self.0.count_question();
        self.0.asks_for_offsets(partitions);
        let partitions = partitions.to_vec();
        let target = Target::Leaders(partitions.clone());
        self.0.ask("offsets", target, 0, move |net| net.log().offsets(&partitions, at, isolation).wait()).0
    }

    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Answer<()> {
        let before = before.to_vec();
        let target = Target::Leaders(before.iter().map(|(partition, _)| partition.clone()).collect());
        let link = Arc::clone(&self.0);
        let ask = move |net: &Arc<super::net::Net>| {
            let partitions: Vec<TopicPartition> = before.iter().map(|(partition, _)| partition.clone()).collect();
            for ((partition, offset), committed) in before.iter().zip(net.committed(&partitions)) {
                if committed.is_none_or(|committed| committed < *offset) {
                    link.find(format_args!("deletes records of {partition} before {offset}, committed is {committed:?}"));
                }
            }
            net.on_medium(|medium| medium.deletes(&before));
            net.log().delete_records(&before).wait()
        };
        self.0.ask("delete records", target, 0, ask).0
    }

    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.0.enter();
        Ok(SimMember::join(&self.0, config))
    }

    fn consumer(&self, config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError> {
        self.0.enter();
        Ok(Box::new(SimConsumer::new(&self.0, config)))
    }

    fn producer(&self, config: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError> {
        self.0.enter();
        Ok(Box::new(SimProducer::new(&self.0, config)))
    }

    fn writer(&self, config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError> {
        // Programs around an application are no part of the simulation.
        self.0.net.log().writer(config)
    }
}
