//! A typed producer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::data::AsData;
use super::error::SendError;
use super::formats::Formats;
use super::send::SendRecord;
use super::topic::{IntoTopic, TopicName};
use super::writing::{Client, ClientConfig};
use crate::broker::{Broker, ProducerConfig};
use crate::time::clock::SystemClock;

/// Writes records of one topic, from async code. Clones write through the same client, as do all producers of one
/// [`App`](crate::App): make one where it is needed, keep it or not.
///
/// Records are acknowledged by all in-sync replicas and never written twice by a retry of the client. Those that are sent one after
/// the other to one partition stay in that order. Many at once share batches. A result of a topology is not written through this:
/// its records are part of the commit of a task, those of a producer are not.
///
/// ```
/// # use streams_runtime::prelude::*;
/// # use streams_runtime::Streams;
/// # topology! {
/// #     fn page_views() -> PageViews {
/// #         let views: Stream<String, u64> = stream("page-views");
/// #         let users: Table<String, String> = table("users");
/// #         let times: Table<String, u64> = views.join(users, |ms, _| *ms).group_by_key().reduce(|a, b| a + b);
/// #     }
/// # }
/// # #[tokio::main]
/// # async fn main() -> Result<(), streams_runtime::Error> {
/// let app = Streams::new(page_views()).application_id("page-views").embedded_in_memory().start().await?;
///
/// let views = app.producer(PageViews::PAGE_VIEWS); // types, formats and partitioner are the topology's
/// let sent = views.send("ann", 250).await?; // acknowledged
/// println!("partition {}, offset {}", sent.partition, sent.offset);
/// views.send("ben", 70).header("trace", b"7").timestamp_ms(1_700_000_000_000).await?;
///
/// let users = app.producer::<String, String>("users"); // the same with types that are said here
/// users.send("ann", "France").await?;
/// users.send_null("ann").await?; // deletes the row
/// # Ok(())
/// # }
/// ```
pub struct Producer<K: ?Sized, V: ?Sized> {
    client: Arc<Client>,
    topic: TopicName<K, V>,
    name: Arc<str>,
    formats: Arc<dyn Formats<K, V>>,
}

impl<K: ?Sized, V: ?Sized> Clone for Producer<K, V> {
    fn clone(&self) -> Self {
        Producer {
            client: Arc::clone(&self.client),
            topic: self.topic.clone(),
            name: Arc::clone(&self.name),
            formats: Arc::clone(&self.formats),
        }
    }
}

impl<K: ?Sized, V: ?Sized> fmt::Debug for Producer<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Producer").field(&self.name).finish()
    }
}

/// Where a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// Its partition.
    pub partition: i32,
    /// Its offset in the partition.
    pub offset: i64,
}

impl<K: ?Sized + 'static, V: ?Sized + 'static> Producer<K, V> {
    /// A producer without an application, on Kafka or on an embedded log. It has a client of its own, which connects when the first
    /// record is sent; [`for_topic`](Self::for_topic) has other topics share it.
    ///
    /// ```
    /// # use streams_runtime::Producer;
    /// # use streams_runtime::broker::embedded::EmbeddedLog;
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), streams_runtime::Error> {
    /// let log = EmbeddedLog::in_memory();
    /// log.create_topic("lines", 1)?;
    /// let lines = Producer::<(), str>::new(&log, "lines");
    /// let first = lines.send((), "to be or not to be").await?;
    /// assert_eq!((first.partition, first.offset), (0, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(broker: impl Into<Arc<dyn Broker>>, topic: impl IntoTopic<K, V>) -> Self {
        let config = ProducerConfig {
            client_id: "streams-producer".to_owned(),
            linger: Duration::from_millis(1),
            batch_bytes: 1_000_000,
            buffer_bytes: 32 * 1024 * 1024,
            delivery_timeout: Duration::from_secs(120),
        };
        let client = Client::new(ClientConfig { broker: broker.into(), config, clock: Arc::new(SystemClock) });
        Producer::through(Arc::new(client), topic)
    }

    pub(crate) fn through(client: Arc<Client>, topic: impl IntoTopic<K, V>) -> Self {
        let topic = topic.into_topic();
        Producer { client, name: Arc::from(topic.name()), formats: topic.formats(), topic }
    }

    /// A producer for another topic, through the same client.
    pub fn for_topic<L: ?Sized + 'static, W: ?Sized + 'static>(&self, topic: impl IntoTopic<L, W>) -> Producer<L, W> {
        Producer::through(Arc::clone(&self.client), topic)
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.name
    }

    /// A record, sent when this is awaited: `producer.send(key, value).await?`. It is acknowledged then. Options go between the two:
    /// [`header`](SendRecord::header), [`timestamp_ms`](SendRecord::timestamp_ms), [`partition`](SendRecord::partition). [`enqueue`](SendRecord::enqueue)
    /// does not wait for the acknowledgement.
    ///
    /// Without a partition the record goes where the topic's partitioner, else its key, says; without a key they are spread. Without a
    /// time it has the present time.
    ///
    /// # Errors
    /// The future ends with [`SendError`] when the record cannot be encoded, or the broker does not have the topic, does not take the
    /// record or does not acknowledge it within the delivery timeout. A record that was not acknowledged may be in the topic all the same.
    /// Kafka refuses a batch as a whole: records that were enqueued beside one that is too large end
    /// with its error, and can be sent again.
    pub fn send(&self, key: impl AsData<K>, value: impl AsData<V>) -> SendRecord {
        value.read(|value| self.record(key, Some(value)))
    }

    /// A record with a null value, sent when this is awaited as with [`send`](Self::send): it deletes the row of a table.
    pub fn send_null(&self, key: impl AsData<K>) -> SendRecord {
        self.record(key, None)
    }

    fn record(&self, key: impl AsData<K>, value: Option<&V>) -> SendRecord {
        key.read(|key| {
            let now_ms = self.client.now_ms();
            SendRecord::new(Arc::clone(&self.client), &self.name, &self.formats, self.topic.partitioner(), (key, value), now_ms)
        })
    }

    /// Sends many records in this order, without waiting for one before the next, and returns when all are acknowledged: where each is.
    ///
    /// # Errors
    /// The first failure; later records may have been written all the same.
    pub async fn send_all<A: AsData<K>, B: AsData<V>>(&self, records: impl IntoIterator<Item = (A, B)>) -> Result<Vec<Sent>, SendError> {
        let mut under_way = Vec::new();
        for (key, value) in records {
            under_way.push(self.send(key, value).enqueue().await?);
        }
        let mut sent = Vec::with_capacity(under_way.len());
        for delivery in under_way {
            sent.push(delivery.await?);
        }
        Ok(sent)
    }

    /// Waits until everything that was sent through this client so far is acknowledged or has failed: also what was
    /// [enqueued](SendRecord::enqueue), and what is sent by clones and by other producers of the application.
    ///
    /// # Errors
    /// The first failure that nobody else was told of: of a record whose [`Delivery`](super::Delivery) was dropped.
    pub async fn flush(&self) -> Result<(), SendError> {
        self.client.flush(&self.name).await
    }
}
