//! Letting go of a client without waiting for it.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// Closing a client can take as long as a broker that is away; nobody should wait longer than this for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A client that is destroyed on a thread of its own. Everything else that holds it must be dropped before.
pub(super) struct Detached<T: Send + Sync + 'static> {
    client: Option<Arc<T>>,
    patience: Duration,
}

impl<T: Send + Sync + 'static> Detached<T> {
    pub(super) fn new(client: T) -> Self {
        Detached { client: Some(Arc::new(client)), patience: PATIENCE }
    }

    /// A client whose end nobody waits for.
    pub(super) fn fleeting(client: T) -> Self {
        Detached { client: Some(Arc::new(client)), patience: Duration::ZERO }
    }

    pub(super) fn shared(&self) -> &Arc<T> {
        match &self.client {
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
        let Some(client) = self.client.take() else { return };
        let (done, closed) = mpsc::channel::<()>();
        let spawned = std::thread::Builder::new().name("kafka-close".to_owned()).spawn(move || {
            drop(client);
            drop(done);
        });
        match spawned {
            // The other end is dropped, never used: what arrives is that it is gone.
            Ok(_) if self.patience.is_zero() => {}
            Ok(_) => {
                if closed.recv_timeout(self.patience) == Err(mpsc::RecvTimeoutError::Timeout) {
                    tracing::warn!("a Kafka client takes longer than {:?} to close; going on without waiting for it", self.patience);
                }
            }
            Err(error) => tracing::warn!(%error, "no thread to close a Kafka client on"),
        }
    }
}
