//! Questions that stay without an answer because the client does not look for the brokers.
//!
//! A broker that has just come back says for a moment that the cluster has no brokers. The client
//! takes that as its answer, and looks again after minutes only.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use rdkafka::client::Client;

use super::context::Context;
use super::detached::Detached;
use super::helper::Helper;
use super::later::sleep;
use crate::broker::BrokerError;

/// A question that has no answer for so long has the client look for the brokers, again and again.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long a look may take.
const LIMIT: Duration = Duration::from_secs(1);

/// A topic that most clusters have. What comes with it is wanted: the brokers.
const ANY_TOPIC: &str = "__consumer_offsets";

/// Has a client look for the brokers, on a thread of its own: the call blocks.
#[derive(Clone, Default)]
pub(super) struct Nudger {
    helper: Arc<Helper>,
    /// One look serves all questions.
    is_looking: Arc<AtomicBool>,
}

impl Nudger {
    /// The answer of `asked`; while there is none, `client` looks for the brokers now and then.
    pub(super) fn nudged<T, F>(
        &self,
        client: Arc<Detached<Client<Context>>>,
        mut asked: Pin<Box<F>>,
    ) -> impl Future<Output = Result<T, BrokerError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, BrokerError>> + Send,
    {
        let this = self.clone();
        async move {
            loop {
                let mut pause = pin!(sleep(INTERVAL));
                let answered = poll_fn(|cx| match asked.as_mut().poll(cx) {
                    Poll::Ready(result) => Poll::Ready(Some(result)),
                    Poll::Pending => pause.as_mut().poll(cx).map(|()| None),
                });
                if let Some(result) = answered.await {
                    return result;
                }
                this.look(client.clone());
            }
        }
    }

    fn look(&self, client: Arc<Detached<Client<Context>>>) {
        if self.is_looking.swap(true, Ordering::AcqRel) {
            return;
        }
        let is_looking = Arc::clone(&self.is_looking);
        self.helper.push(Box::new(move || {
            // What it finds shows in the answers.
            drop(client.get().fetch_metadata(Some(ANY_TOPIC), LIMIT));
            is_looking.store(false, Ordering::Release);
        }));
    }
}
