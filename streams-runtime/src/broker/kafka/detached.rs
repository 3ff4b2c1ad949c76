//! Letting go of a client without waiting for it.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// Closing a client can take as long as a broker that is away; nobody should wait longer than this for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A client that is destroyed on a thread of its own. Everything else that holds it must be dropped before.
pub(super) struct Detached<T: Send + Sync + 'static>(Option<Arc<T>>);

impl<T: Send + Sync + 'static> Detached<T> {
    pub(super) fn new(client: T) -> Self {
        Detached(Some(Arc::new(client)))
    }

    pub(super) fn shared(&self) -> &Arc<T> {
        match &self.0 {
            Some(client) => client,
            None => unreachable!("the client is taken in drop only"),
        }
    }

    pub(super) fn get(&self) -> &T {
        self.shared().deref()
    }
}

impl<T: Send + Sync + 'static> Drop for Detached<T> {
    fn drop(&mut self) {
        let Some(client) = self.0.take() else { return };
        let (done, closed) = mpsc::channel::<()>();
        let spawned = std::thread::Builder::new().name("kafka-close".to_owned()).spawn(move || {
            drop(client);
            drop(done);
        });
        match spawned {
            // The other end is dropped, never used: what arrives is that it is gone.
            Ok(_) => {
                if closed.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    tracing::warn!("a Kafka client takes longer than {PATIENCE:?} to close; going on without waiting for it");
                }
            }
            Err(error) => tracing::warn!(%error, "no thread to close a Kafka client on"),
        }
    }
}
