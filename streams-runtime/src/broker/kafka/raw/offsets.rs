//! Offsets: of many partitions in one request, and those that the last fetch brought along.

use std::collections::HashMap;
use std::ffi::CStr;
use std::ptr;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings as rd;
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::{Queue, millis};
use crate::broker::Isolation;
use crate::broker::kafka::context::Context;

type PerPartition = HashMap<(String, i32), Result<i64, RDKafkaErrorCode>>;

/// One `ListOffsets` per broker for all partitions of `wanted`, whose offsets say what is asked (-1 the end, -2 the
/// start, else a timestamp). The offset found is -1 where no record is that late.
pub(in crate::broker::kafka) fn list_offsets(
    client: &Client<Context>,
    wanted: &TopicPartitionList,
    isolation: Isolation,
    timeout: Duration,
) -> Result<PerPartition, RDKafkaErrorCode> {
    let rk = client.native_ptr();
    // SAFETY: the client is alive during the call; the reference returned is ours.
    let Some(queue) = (unsafe { Queue::own(rd::rd_kafka_queue_new(rk)) }) else {
        return Err(RDKafkaErrorCode::Fail);
    };
    let level = match isolation {
        Isolation::ReadUncommitted => rd::rd_kafka_IsolationLevel_t::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED,
        Isolation::ReadCommitted => rd::rd_kafka_IsolationLevel_t::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED,
    };
    // SAFETY: client, list and queue are alive during the calls; librdkafka copies list and options, which are then
    // destroyed; `options` is checked for null; the error of setting the level is destroyed too.
    unsafe {
        let options = rd::rd_kafka_AdminOptions_new(rk, rd::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_LISTOFFSETS);
        if options.is_null() {
            return Err(RDKafkaErrorCode::Fail);
        }
        rd::rd_kafka_AdminOptions_set_request_timeout(options, millis(timeout), ptr::null_mut(), 0);
        let error = rd::rd_kafka_AdminOptions_set_isolation_level(options, level);
        if !error.is_null() {
            rd::rd_kafka_error_destroy(error);
        }
        rd::rd_kafka_ListOffsets(rk, wanted.ptr(), options, queue.as_ptr());
        rd::rd_kafka_AdminOptions_destroy(options);
    }
    // librdkafka keeps to the request's limit; the second is so that its own answer, which says more, comes first.
    let Some(answer) = queue.poll(millis(timeout + Duration::from_secs(1))) else {
        return Err(RDKafkaErrorCode::OperationTimedOut);
    };
    match answer.error() {
        RDKafkaErrorCode::NoError => {}
        error => return Err(error),
    }
    let mut found = HashMap::new();
    // SAFETY: the answer is of this kind (checked for null) and alive; infos, partitions and names belong to it.
    unsafe {
        let result = rd::rd_kafka_event_ListOffsets_result(answer.as_ptr());
        if result.is_null() {
            return Err(RDKafkaErrorCode::Fail);
        }
        let mut count = 0;
        let infos = rd::rd_kafka_ListOffsets_result_infos(result, &mut count);
        for index in 0..count {
            let partition = &*rd::rd_kafka_ListOffsetsResultInfo_topic_partition(*infos.add(index));
            let topic = CStr::from_ptr(partition.topic).to_string_lossy().into_owned();
            let offset = match RDKafkaErrorCode::from(partition.err) {
                RDKafkaErrorCode::NoError => Ok(partition.offset),
                error => Err(error),
            };
            found.insert((topic, partition.partition), offset);
        }
    }
    Ok(found)
}

/// First offset and end of a partition as the last fetch saw them; `None` before that.
pub(in crate::broker::kafka) fn cached_watermarks(client: &BaseConsumer<Context>, topic: &CStr, partition: i32) -> Option<(i64, i64)> {
    let (mut low, mut high) = (-1, -1);
    // SAFETY: the client is alive, the name ends with a zero byte, the two places are ours. No request is made.
    let result =
        unsafe { rd::rd_kafka_get_watermark_offsets(client.client().native_ptr(), topic.as_ptr(), partition, &mut low, &mut high) };
    let known = result == rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0;
    known.then_some((low, high))
}
