//! Offsets: of many partitions in one request, and those that the last fetch brought along.

use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings as rd;
use rdkafka::bindings::rd_kafka_admin_op_t as op;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::asked::{Asked, Native, Options, elements};
use super::event::{Event, text_of};
use crate::broker::Isolation;
use crate::broker::kafka::context::Context;

type PerPartition = HashMap<(String, i32), Result<i64, Code>>;

/// One `ListOffsets` per broker for all partitions of `wanted`, whose offsets say what is asked (-1 the end, -2 the
/// start, else a timestamp). The offset found is -1 where no record is that late.
pub(in crate::broker::kafka) async fn list_offsets(
    client: Arc<dyn Native>,
    wanted: &TopicPartitionList,
    isolation: Isolation,
    timeout: Duration,
) -> Result<PerPartition, Code> {
    let level = match isolation {
        Isolation::ReadUncommitted => rd::rd_kafka_IsolationLevel_t::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED,
        Isolation::ReadCommitted => rd::rd_kafka_IsolationLevel_t::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED,
    };
    let asked = Asked::new(client, |rk, queue| {
        // SAFETY: client, list and queue are alive during the calls; librdkafka copies list and
        // options; the error of setting the level is destroyed.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout)?;
            let error = rd::rd_kafka_AdminOptions_set_isolation_level(options.as_ptr(), level);
            if !error.is_null() {
                rd::rd_kafka_error_destroy(error);
            }
            rd::rd_kafka_ListOffsets(rk, wanted.ptr(), options.as_ptr(), queue.as_ptr());
        }
        Ok(())
    })?;
    read_offsets(&asked.await)
}

fn read_offsets(answer: &Event) -> Result<PerPartition, Code> {
    answer.check()?;
    let mut found = HashMap::new();
    // SAFETY: the answer is of this kind (checked for null) and alive; infos, partitions and names belong to it.
    unsafe {
        let result = rd::rd_kafka_event_ListOffsets_result(answer.as_ptr());
        if result.is_null() {
            return Err(Code::Fail);
        }
        let mut count = 0;
        let infos = rd::rd_kafka_ListOffsets_result_infos(result, &mut count);
        for info in elements(infos, count) {
            let partition = &*rd::rd_kafka_ListOffsetsResultInfo_topic_partition(*info);
            let offset = match Code::from(partition.err) {
                Code::NoError if partition.offset >= -1 => Ok(partition.offset),
                // A broker that did not answer: librdkafka leaves its part of the result as it was
                // made.
                Code::NoError => Err(Code::OperationTimedOut),
                error => Err(error),
            };
            found.insert((text_of(partition.topic), partition.partition), offset);
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
