//! Committing with a time limit. The safe call has none, and waits for ever for a coordinator that is away.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings as rd;
use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;

use super::{Queue, millis};

/// Commits in the member's present generation and waits for the answer.
pub(in crate::broker::kafka) fn commit<C: ClientContext>(
    client: &Client<C>,
    offsets: &TopicPartitionList,
    timeout: Duration,
) -> Result<(), RDKafkaErrorCode> {
    let rk = client.native_ptr();
    // SAFETY: the client is alive during the call; the reference returned is ours.
    let Some(queue) = (unsafe { Queue::own(rd::rd_kafka_queue_new(rk)) }) else {
        return Err(RDKafkaErrorCode::Fail);
    };
    // SAFETY: client, list and queue are alive during the call, and librdkafka copies the list. An answer after the
    // time is up goes to a queue that is closed, where librdkafka drops it.
    let sent: RDKafkaErrorCode = unsafe { rd::rd_kafka_commit_queue(rk, offsets.ptr(), queue.as_ptr(), None, ptr::null_mut()) }.into();
    if sent != RDKafkaErrorCode::NoError {
        return Err(sent);
    }
    let Some(answer) = queue.poll(millis(timeout)) else {
        return Err(RDKafkaErrorCode::OperationTimedOut);
    };
    match answer.error() {
        RDKafkaErrorCode::NoError => {}
        error => return Err(error),
    }
    // SAFETY: the answer is alive; the list is null or belongs to it, with `cnt` elements.
    let each = unsafe {
        let list = rd::rd_kafka_event_topic_partition_list(answer.as_ptr());
        if list.is_null() || (*list).cnt <= 0 {
            return Ok(());
        }
        std::slice::from_raw_parts((*list).elems, (*list).cnt as usize)
    };
    each.iter().map(|partition| RDKafkaErrorCode::from(partition.err)).find(|code| *code != RDKafkaErrorCode::NoError).map_or(Ok(()), Err)
}

/// The id that the group gave to this member, if it is one now.
pub(in crate::broker::kafka) fn member_id<C: ClientContext>(client: &Client<C>) -> Option<String> {
    let rk = client.native_ptr();
    // SAFETY: the client is alive; the text is null or ours to free with librdkafka's own function.
    unsafe {
        let id = rd::rd_kafka_memberid(rk);
        if id.is_null() {
            return None;
        }
        let text = CStr::from_ptr(id).to_string_lossy().into_owned();
        rd::rd_kafka_mem_free(rk, id.cast::<c_void>());
        (!text.is_empty()).then_some(text)
    }
}
