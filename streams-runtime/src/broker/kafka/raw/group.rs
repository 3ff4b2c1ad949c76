//! The commit of a member, and who is in a group.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings as rd;
use rdkafka::bindings::rd_kafka_admin_op_t as op;
use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::Queue;
use super::asked::{Asked, Native, Options, c_text, code_of, elements, partitions};
use super::event::{Event, text_of};

/// Commits in the member's present generation. librdkafka sets no time limit, and waits for ever
/// for a coordinator that is away.
pub(in crate::broker::kafka) async fn commit(client: Arc<dyn Native>, offsets: TopicPartitionList) -> Result<(), Code> {
    let asked = Asked::new(client, |rk, queue| {
        // SAFETY: client, list and queue are alive during the call, and librdkafka copies the list.
        match Code::from(unsafe { rd::rd_kafka_commit_queue(rk, offsets.ptr(), queue.as_ptr(), None, ptr::null_mut()) }) {
            Code::NoError => Ok(()),
            code => Err(code),
        }
    })?;
    read_commit(&asked.await)
}

fn read_commit(answer: &Event) -> Result<(), Code> {
    answer.check()?;
    // SAFETY: the answer is alive; the list is null or belongs to it.
    let each = unsafe { partitions(rd::rd_kafka_event_topic_partition_list(answer.as_ptr())) };
    each.iter().map(|partition| Code::from(partition.err)).find(|code| *code != Code::NoError).map_or(Ok(()), Err)
}

/// A member of a group, as the group describes it.
pub(in crate::broker::kafka) struct Member {
    pub(in crate::broker::kafka) id: String,
    pub(in crate::broker::kafka) client_id: String,
}

/// The longest time limit that librdkafka takes.
const NO_LIMIT: Duration = Duration::from_secs(3600);

/// The members that a group has.
///
/// There is no time limit, and the client is to be for this question alone. Where the limit of a
/// request to a coordinator is over before it is sent, librdkafka (2.12) takes the request apart
/// and its answer as well, when the coordinator is found or the client is destroyed, and an
/// assertion ends the process (`eonce->refcnt > 0`). A client that is destroyed before the limit
/// ends it properly.
pub(in crate::broker::kafka) async fn members(client: Arc<dyn Native>, group: &str) -> Result<Vec<Member>, Code> {
    let asked = Asked::new(client, |rk, queue| {
        let group = c_text(group)?;
        let mut start: *const c_char = group.as_ptr();
        // SAFETY: client, queue and name are alive during the calls; librdkafka copies name and
        // options.
        unsafe {
            let options = Options::new(rk, op::RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, NO_LIMIT)?;
            rd::rd_kafka_DescribeConsumerGroups(rk, &mut start, 1, options.as_ptr(), queue.as_ptr());
        }
        Ok(())
    })?;
    read_members(&asked.await)
}

fn read_members(answer: &Event) -> Result<Vec<Member>, Code> {
    answer.check()?;
    let mut found = Vec::new();
    // SAFETY: the answer is of this kind (checked for null) and alive; groups, members and texts
    // belong to it.
    unsafe {
        let result = rd::rd_kafka_event_DescribeConsumerGroups_result(answer.as_ptr());
        if result.is_null() {
            return Err(Code::Fail);
        }
        let mut count = 0;
        let groups = rd::rd_kafka_DescribeConsumerGroups_result_groups(result, &mut count);
        for group in elements(groups, count) {
            match code_of(rd::rd_kafka_ConsumerGroupDescription_error(*group)) {
                Code::NoError => {}
                code => return Err(code),
            }
            for index in 0..rd::rd_kafka_ConsumerGroupDescription_member_count(*group) {
                let member = rd::rd_kafka_ConsumerGroupDescription_member(*group, index);
                found.push(Member {
                    id: text_of(rd::rd_kafka_MemberDescription_consumer_id(member)),
                    client_id: text_of(rd::rd_kafka_MemberDescription_client_id(member)),
                });
            }
        }
    }
    Ok(found)
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

/// How many events wait for a consumer's poll.
pub(in crate::broker::kafka) fn events_waiting<C: ClientContext>(client: &Client<C>) -> usize {
    // SAFETY: the client is alive; the reference returned is ours, and alive during the second
    // call.
    unsafe {
        let queue = Queue::own(rd::rd_kafka_queue_get_consumer(client.native_ptr()));
        queue.map_or(0, |queue| rd::rd_kafka_queue_length(queue.as_ptr()))
    }
}
