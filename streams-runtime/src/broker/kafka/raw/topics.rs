//! Topics: which there are, how they are set, making them, deleting their first records.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings as rd;
use rdkafka::bindings::rd_kafka_admin_op_t as op;
use rdkafka::error::RDKafkaErrorCode as Code;

use super::asked::{Asked, Native, Options, c_text, code_of, elements, partitions};
use super::event::{Event, text_of};
use super::millis;
use crate::broker::{NewTopic, TopicPartition};

/// A request that was refused, with the broker's words.
#[derive(Debug)]
pub(in crate::broker::kafka) struct Refused {
    pub(in crate::broker::kafka) code: Code,
    pub(in crate::broker::kafka) reason: String,
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Refused { code, reason: code.to_string() }
    }
}

/// How many partitions each topic has, by name, or why that is not known. One request for all
/// names; it makes no topic.
pub(in crate::broker::kafka) async fn describe_topics(
    client: Arc<dyn Native>,
    names: &[String],
    timeout: Duration,
) -> Result<BTreeMap<String, Result<i32, Code>>, Code> {
    let asked = Asked::new(client, |rk, queue| {
        let names = names.iter().map(|name| c_text(name)).collect::<Result<Vec<_>, _>>()?;
        let mut starts: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: client, queue and names are alive during the calls; librdkafka copies names and
        // options, and the collection, checked for null, is destroyed after the request.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout)?;
            let topics = rd::rd_kafka_TopicCollection_of_topic_names(starts.as_mut_ptr(), starts.len());
            if topics.is_null() {
                return Err(Code::Fail);
            }
            rd::rd_kafka_DescribeTopics(rk, topics, options.as_ptr(), queue.as_ptr());
            rd::rd_kafka_TopicCollection_destroy(topics);
        }
        Ok(())
    })?;
    read_topics(&asked.await)
}

fn read_topics(answer: &Event) -> Result<BTreeMap<String, Result<i32, Code>>, Code> {
    answer.check()?;
    let mut found = BTreeMap::new();
    // SAFETY: the answer is of this kind (checked for null) and alive; topics and what they hold
    // belong to it.
    unsafe {
        let result = rd::rd_kafka_event_DescribeTopics_result(answer.as_ptr());
        if result.is_null() {
            return Err(Code::Fail);
        }
        let mut count = 0;
        let topics = rd::rd_kafka_DescribeTopics_result_topics(result, &mut count);
        for topic in elements(topics, count) {
            let mut partitions = 0;
            let count = match code_of(rd::rd_kafka_TopicDescription_error(*topic)) {
                Code::NoError => {
                    rd::rd_kafka_TopicDescription_partitions(*topic, &mut partitions);
                    Ok(i32::try_from(partitions).unwrap_or(i32::MAX))
                }
                code => Err(code),
            };
            found.insert(text_of(rd::rd_kafka_TopicDescription_name(*topic)), count);
        }
    }
    Ok(found)
}

/// Makes a topic.
pub(in crate::broker::kafka) async fn create_topic(client: Arc<dyn Native>, topic: &NewTopic, timeout: Duration) -> Result<(), Refused> {
    let mut refused = None;
    let asked = Asked::new(client, |rk, queue| {
        let name = c_text(&topic.name)?;
        let config = topic.config.iter().map(|(name, value)| Ok((c_text(name)?, c_text(value)?))).collect::<Result<Vec<_>, Code>>()?;
        let mut text: [c_char; 512] = [0; 512];
        // SAFETY: client, queue and texts are alive during the calls; librdkafka copies topic and
        // options; the topic, checked for null, is destroyed after the request. The place for an
        // error text has the length given.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout)?;
            rd::rd_kafka_AdminOptions_set_operation_timeout(options.as_ptr(), millis(timeout), ptr::null_mut(), 0);
            let mut wanted =
                rd::rd_kafka_NewTopic_new(name.as_ptr(), topic.partitions, i32::from(topic.replication), text.as_mut_ptr(), text.len());
            if wanted.is_null() {
                refused = Some(text_of(text.as_ptr()));
                return Err(Code::InvalidArgument);
            }
            for (name, value) in &config {
                rd::rd_kafka_NewTopic_set_config(wanted, name.as_ptr(), value.as_ptr());
            }
            rd::rd_kafka_CreateTopics(rk, &mut wanted, 1, options.as_ptr(), queue.as_ptr());
            rd::rd_kafka_NewTopic_destroy(wanted);
        }
        Ok(())
    });
    let answer = match asked {
        Ok(asked) => asked.await,
        Err(code) => return Err(refused.map_or_else(|| code.into(), |reason| Refused { code, reason })),
    };
    read_created(&answer)
}

fn read_created(answer: &Event) -> Result<(), Refused> {
    answer.check()?;
    // SAFETY: the answer is of this kind (checked for null) and alive; topics and texts belong to
    // it.
    unsafe {
        let result = rd::rd_kafka_event_CreateTopics_result(answer.as_ptr());
        if result.is_null() {
            return Err(Code::Fail.into());
        }
        let mut count = 0;
        let topics = rd::rd_kafka_CreateTopics_result_topics(result, &mut count);
        for topic in elements(topics, count) {
            let code = Code::from(rd::rd_kafka_topic_result_error(*topic));
            if code != Code::NoError {
                let said = text_of(rd::rd_kafka_topic_result_error_string(*topic));
                let reason = if said.is_empty() { code.to_string() } else { said };
                return Err(Refused { code, reason });
            }
        }
    }
    Ok(())
}

/// The settings of a topic.
pub(in crate::broker::kafka) async fn topic_config(
    client: Arc<dyn Native>,
    topic: &str,
    timeout: Duration,
) -> Result<BTreeMap<String, String>, Code> {
    let asked = Asked::new(client, |rk, queue| {
        let name = c_text(topic)?;
        // SAFETY: client, queue and name are alive during the calls; librdkafka copies resource and
        // options; the resource, checked for null, is destroyed after the request.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout)?;
            let kind = rd::rd_kafka_ResourceType_t::RD_KAFKA_RESOURCE_TOPIC;
            let mut resource = rd::rd_kafka_ConfigResource_new(kind, name.as_ptr());
            if resource.is_null() {
                return Err(Code::InvalidArgument);
            }
            rd::rd_kafka_DescribeConfigs(rk, &mut resource, 1, options.as_ptr(), queue.as_ptr());
            rd::rd_kafka_ConfigResource_destroy(resource);
        }
        Ok(())
    })?;
    read_config(&asked.await)
}

fn read_config(answer: &Event) -> Result<BTreeMap<String, String>, Code> {
    answer.check()?;
    let mut config = BTreeMap::new();
    // SAFETY: the answer is of this kind (checked for null) and alive; resources, entries and texts
    // belong to it.
    unsafe {
        let result = rd::rd_kafka_event_DescribeConfigs_result(answer.as_ptr());
        if result.is_null() {
            return Err(Code::Fail);
        }
        let mut count = 0;
        let resources = rd::rd_kafka_DescribeConfigs_result_resources(result, &mut count);
        for resource in elements(resources, count) {
            match Code::from(rd::rd_kafka_ConfigResource_error(*resource)) {
                Code::NoError => {}
                code => return Err(code),
            }
            let entries = rd::rd_kafka_ConfigResource_configs(*resource, &mut count);
            for entry in elements(entries, count) {
                let value = rd::rd_kafka_ConfigEntry_value(*entry);
                if !value.is_null() {
                    config.insert(text_of(rd::rd_kafka_ConfigEntry_name(*entry)), text_of(value));
                }
            }
        }
    }
    Ok(config)
}

/// Deletes all records before the offsets of `before`; a failure with its partition, if it has one.
pub(in crate::broker::kafka) async fn delete_records(
    client: Arc<dyn Native>,
    before: TopicPartitionList,
    timeout: Duration,
) -> Result<(), (Code, Option<TopicPartition>)> {
    let asked = Asked::new(client, |rk, queue| {
        // SAFETY: client, queue and list are alive during the calls; librdkafka copies list and
        // options; the request, checked for null, is destroyed after it was made.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_DELETERECORDS, timeout)?;
            rd::rd_kafka_AdminOptions_set_operation_timeout(options.as_ptr(), millis(timeout), ptr::null_mut(), 0);
            let mut wanted = rd::rd_kafka_DeleteRecords_new(before.ptr());
            if wanted.is_null() {
                return Err(Code::InvalidArgument);
            }
            rd::rd_kafka_DeleteRecords(rk, &mut wanted, 1, options.as_ptr(), queue.as_ptr());
            rd::rd_kafka_DeleteRecords_destroy(wanted);
        }
        Ok(())
    });
    read_deleted(&asked.map_err(|code| (code, None))?.await)
}

fn read_deleted(answer: &Event) -> Result<(), (Code, Option<TopicPartition>)> {
    answer.check().map_err(|code| (code, None))?;
    // SAFETY: the answer is of this kind (checked for null) and alive; the list belongs to it.
    unsafe {
        let result = rd::rd_kafka_event_DeleteRecords_result(answer.as_ptr());
        if result.is_null() {
            return Err((Code::Fail, None));
        }
        for partition in partitions(rd::rd_kafka_DeleteRecords_result_offsets(result)) {
            let code = Code::from(partition.err);
            if code != Code::NoError {
                return Err((code, Some(TopicPartition::new(text_of(partition.topic), partition.partition))));
            }
        }
    }
    Ok(())
}
