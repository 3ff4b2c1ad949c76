//! Topics that have more partitions than a producer's client knows: the client looks only every few
//! minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::producer::{BaseProducer, Producer as _};

use super::admin::Admin;
use super::context::Context;
use super::signal::Bell;
use super::told::Topic;

/// For one look.
const LIMIT: Duration = Duration::from_secs(2);

/// Between two looks at a broker that does not know the partition either.
const PAUSE: Duration = Duration::from_millis(50);

/// See the [module](self).
#[derive(Default)]
pub(super) struct Growth {
    /// Since when a record waits for its partition.
    since: Option<(usize, i32, Instant)>,
    looked: Option<Instant>,
    looking: Arc<AtomicBool>,
}

impl Growth {
    /// Whether a partition that the client does not know is there by what was declared, and not
    /// waited for too long.
    pub(super) fn is_awaited(&mut self, slot: usize, partition: i32, topics: &[Topic], limit: Duration) -> bool {
        if !topics.get(slot).is_some_and(|topic| (0..topic.partitions).contains(&partition)) {
            return false;
        }
        match self.since {
            Some((of, at, since)) if (of, at) == (slot, partition) => since.elapsed() < limit,
            _ => {
                self.since = Some((slot, partition, Instant::now()));
                true
            }
        }
    }

    /// Has the client ask for the topic's partitions and their leaders, on the helper's thread.
    pub(super) fn learn(&mut self, slot: usize, topics: &[Topic], client: &Arc<BaseProducer<Context>>, admin: &Admin, bell: &Arc<Bell>) {
        let Some(topic) = topics.get(slot) else { return };
        let waits = self.since.is_some();
        if waits && (self.looking.load(Ordering::Acquire) || self.looked.is_some_and(|at| at.elapsed() < PAUSE)) {
            return;
        }
        self.looked = Some(Instant::now());
        self.looking.store(true, Ordering::Release);
        let (client, name, looking, bell) = (Arc::downgrade(client), topic.name.clone(), self.looking.clone(), bell.clone());
        admin.helper().push(Box::new(move || {
            if let Some(client) = client.upgrade()
                && let Err(error) = client.client().fetch_metadata(Some(&name), LIMIT)
            {
                tracing::debug!(%error, topic = name, "the leaders of the topic are not known yet");
            }
            looking.store(false, Ordering::Release);
            bell.ring();
        }));
    }
}
