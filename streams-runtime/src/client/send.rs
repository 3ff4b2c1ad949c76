//! A record on its way out.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::error::SendError;
use super::formats::Formats;
use super::producer::Sent;
use super::topic::ChoosePartition;
use super::writing::{Client, Outgoing, Place, Unclaimed, keep};
use crate::codec::Encoded;
use crate::headers::Headers;
use crate::record::{NewRecord, RecordBatch};

/// A record that is sent when it is awaited. Made by [`Producer::send`](crate::Producer::send).
#[must_use = "a record is sent when this is awaited"]
pub struct SendRecord {
    client: Arc<Client>,
    topic: Arc<str>,
    timestamp_ms: i64,
    headers: Headers,
    /// Key and value, and where they go; or why they cannot be sent.
    record: Result<Encodings, SendError>,
}

struct Encodings {
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    place: Place,
}

impl std::fmt::Debug for SendRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SendRecord").field(&self.topic).finish()
    }
}

impl SendRecord {
    pub(super) fn new<K: ?Sized + 'static, V: ?Sized + 'static>(
        client: Arc<Client>,
        topic: &Arc<str>,
        formats: &Arc<dyn Formats<K, V>>,
        partitioner: Option<ChoosePartition<K, V>>,
        (key, value): (&K, Option<&V>),
        now_ms: i64,
    ) -> Self {
        let record = encode(topic, formats, partitioner, key, value);
        SendRecord { client, topic: Arc::clone(topic), timestamp_ms: now_ms, headers: Headers::default(), record }
    }

    /// Gives the record a header; names may repeat.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.add(name, Some(value.as_ref()));
        self
    }

    /// Gives the record these headers, in the place of those it has: those of a record that was read, say.
    pub fn headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// Gives the record a time, in milliseconds since the Unix epoch. (Kafka gets 1 for 0, which its client takes for "now".)
    pub fn timestamp_ms(mut self, timestamp_ms: i64) -> Self {
        self.timestamp_ms = timestamp_ms;
        self
    }

    /// Sends the record to this partition, whatever its key.
    pub fn partition(mut self, partition: i32) -> Self {
        if let Ok(record) = &mut self.record {
            record.place = Place::Partition(partition);
        }
        self
    }

    /// Hands the record to the client and does not wait for its acknowledgement, which the returned future brings. Waits only while very
    /// much is under way. Records are written in the order in which they are enqueued.
    ///
    /// The returned future may be dropped: [`Producer::flush`](crate::Producer::flush) reports a failure that nobody was told of.
    ///
    /// # Errors
    /// When the record cannot be encoded.
    pub async fn enqueue(self) -> Result<Delivery, SendError> {
        let SendRecord { client, topic, timestamp_ms, headers, record } = self;
        let Encodings { key, value, place } = record?;
        let mut record = RecordBatch::default();
        record.push(NewRecord { key: key.as_deref(), value: value.as_deref(), timestamp_ms, offset: 0 });
        for (name, value) in headers.iter_bytes() {
            record.push_header(name, value);
        }
        let (answer, answered) = oneshot::channel();
        client.send(Outgoing { topic: Arc::clone(&topic), record, place, answer }).await?;
        Ok(Delivery { answered, topic, unclaimed: client.unclaimed() })
    }
}

impl IntoFuture for SendRecord {
    type Output = Result<Sent, SendError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.enqueue().await?.await })
    }
}

/// Ends when a record is acknowledged, or has failed.
#[derive(Debug)]
pub struct Delivery {
    answered: oneshot::Receiver<Result<Sent, SendError>>,
    topic: Arc<str>,
    unclaimed: Unclaimed,
}

/// A failure that had arrived is that of the next flush.
impl Drop for Delivery {
    fn drop(&mut self) {
        if let Ok(Err(error)) = self.answered.try_recv() {
            keep(&self.unclaimed, error);
        }
    }
}

impl Future for Delivery {
    type Output = Result<Sent, SendError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answered).poll(cx));
        Poll::Ready(answer.unwrap_or_else(|_| Err(SendError::Closed { topic: self.topic.to_string() })))
    }
}

fn encode<K: ?Sized + 'static, V: ?Sized + 'static>(
    topic: &Arc<str>,
    formats: &Arc<dyn Formats<K, V>>,
    partitioner: Option<ChoosePartition<K, V>>,
    key: &K,
    value: Option<&V>,
) -> Result<Encodings, SendError> {
    let failed = |part| move |source| SendError::Encode { topic: topic.to_string(), part, source };
    let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
    let key = formats.encode_key(key, &mut key_bytes).map_err(failed("key"))?;
    let key = (key == Encoded::Bytes).then_some(key_bytes);
    let value = match value.map(|value| formats.encode_value(value, &mut value_bytes)).transpose().map_err(failed("value"))? {
        Some(Encoded::Bytes) => Some(value_bytes),
        Some(Encoded::Null) | None => None,
    };
    let by_key = key.as_deref().map(|key| formats.partitioned_by(key).to_vec());
    let place = match partitioner {
        // The number of partitions is known only where the record is written; key and value are read back there.
        Some(choose) if value.is_some() => {
            let (formats, key, value) = (Arc::clone(formats), key.clone(), value.clone());
            Place::Chosen {
                by_key,
                choose: Box::new(move |partitions| chosen(&*formats, choose, key.as_deref(), value.as_deref(), partitions)),
            }
        }
        _ => Place::ByKey(by_key),
    };
    Ok(Encodings { key, value, place })
}

/// What a partitioner says of a record; `None` if it leaves the record to its key.
fn chosen<K: ?Sized, V: ?Sized>(
    formats: &dyn Formats<K, V>,
    choose: ChoosePartition<K, V>,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    partitions: u32,
) -> Option<Vec<u32>> {
    let mut partitions_of_it = None;
    let decoded = formats.decode_key(key, &mut |key| {
        // What was encoded a moment ago can be decoded; where it cannot, the key decides.
        let decoded = formats.decode_value(value, &mut |value| partitions_of_it = choose(key, value, partitions));
        if let Err(error) = decoded {
            tracing::debug!(%error, "a value cannot be read back; its record goes where its key says");
        }
    });
    if let Err(error) = decoded {
        tracing::debug!(%error, "a key cannot be read back; its record goes where its bytes say");
    }
    partitions_of_it
}
