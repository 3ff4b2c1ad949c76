//! What a table with a history hands on, and how what follows learns whether a change is the latest of its key.
//!
//! Every put that is not too old is handed on, at once, also one that comes before the latest version. [`Context::is_latest`] says which it
//! is while the change runs through what follows; views pass it on without knowing. The topology knows which nodes follow such a table without an
//! ordinary store between, and only those look: joins of tables and foreign keys, and groupings, leave older changes out.

use crate::codec::StreamData;
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::Flow;
use crate::node::PushChange;
use crate::stores::{VersionPut, Versioned};

/// The latest value before a put, as what follows is told it.
pub(crate) struct LastVersion<V> {
    /// Something downstream asks.
    wanted: bool,
    assumed: Option<V>,
}

impl<V> LastVersion<V> {
    pub(crate) fn new(wanted: bool) -> Self {
        LastVersion { wanted, assumed: None }
    }

    #[inline]
    pub(crate) fn forget(&mut self) {
        self.assumed = None;
    }

    /// What a new row is said to have been.
    #[inline]
    pub(crate) fn assume(&mut self, initial: impl FnOnce() -> V) {
        if self.wanted {
            self.assumed = Some(initial());
        }
    }
}

/// Puts key, value and time for the key at work in the store, and hands the change on unless it is too old.
#[inline]
pub(crate) fn put_version<K, V, N>(
    store: Versioned<K, V>,
    name: &str,
    last: &mut LastVersion<V>,
    (key, value, timestamp_ms): (&K, Option<V>, i64),
    next: &mut N,
    cx: &mut Context,
) -> Flow
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
    N: PushChange<K, V>,
{
    let Context { stores, out, .. } = &mut *cx;
    let versions = stores.get(store);
    let before = if last.wanted { versions.latest().map(|latest| latest.map(|(value, _)| value.clone())) } else { Ok(None) };
    let put = before.and_then(|before| Ok((before, versions.put_located(value.clone(), timestamp_ms, out)?)));
    let (before, put) = match put {
        Ok(put) => put,
        Err(error) => return cx.store_refused(name, error),
    };
    let before = before.or_else(|| last.assumed.take());
    if put == VersionPut::TooOld {
        return cx.drop_record(name, DropReason::OutOfHistory);
    }
    cx.hand_over_if_large().map_err(|e| cx.produce_error(name, e))?;
    let record_ms = std::mem::replace(&mut cx.timestamp_ms, timestamp_ms);
    let was_latest = std::mem::replace(&mut cx.is_latest, put == VersionPut::Latest);
    let flow = next.change(key, value.as_ref(), before.as_ref(), cx);
    (cx.timestamp_ms, cx.is_latest) = (record_ms, was_latest);
    flow
}
