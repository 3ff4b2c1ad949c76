//! State: typed stores in layers. From the record down: [`KeyValueStore`] (typed values, a write-back cache) → changelog →
//! overlay of what is not committed yet → [`KeyValueBackend`] (bytes, pluggable).

mod arena;
mod backend;
pub(crate) mod buffer;
mod by_key;
mod cache;
pub(crate) mod erased;
mod global;
pub(crate) mod handle;
pub(crate) mod held;
pub(crate) mod join_window;
mod key_value;
mod memory;
pub(crate) mod objects;
mod order;
mod ordered_time;
mod overlay;
pub(crate) mod session;
mod sorted;
pub(crate) mod subscriptions;
pub(crate) mod versioned;
pub(crate) mod waiting;
pub(crate) mod window;

pub use arena::StoreArena;
pub use backend::{BackendBatch, KeyValueBackend, StoreContext, StoreFactory};
pub use erased::StoreObject;
pub use global::{GlobalRows, GlobalStore, GlobalStores};
pub use handle::{KeyValue, Sessions, StorePlace, Versioned, WindowState};
pub use key_value::{Change, KeyValueStore};
pub(crate) use key_value::{NextExpiry, Stored};
pub use memory::{MemoryBackend, MemoryStores};
pub use order::Order;
pub use session::SessionStore;
pub use versioned::{VersionPut, VersionedStore};
pub use window::WindowStore;

/// Why a store failed.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Bytes in the store are not of the store's types: it was written by another program, or with other types.
    #[error(
        "store `{store}` holds bytes that are not of its type ({reason}); was the type of the state changed? reset the application, or rename the state"
    )]
    Decode {
        /// The store.
        store: String,
        /// What the format says.
        reason: String,
    },
    /// A row of a window that is none of the store's windows, which are windows of one's own.
    #[error("store `{store}` holds a window that is none of its windows ({reason}); reset the application, or rename the state")]
    Window {
        /// The store.
        store: String,
        /// What the windows say.
        reason: String,
    },
    /// A value has no bytes in its format.
    #[error("a value for store `{store}` cannot be encoded: {reason}")]
    Encode {
        /// The store.
        store: String,
        /// What the format says.
        reason: String,
    },
    /// A row was to be written under a null key.
    #[error("a row of store `{store}` needs a key, and this one is null")]
    NullKey {
        /// The store.
        store: String,
    },
    /// A session that is no span of time.
    #[error("a session of store `{store}` cannot end at {end_ms} ms before it starts at {start_ms} ms")]
    Session {
        /// The store.
        store: String,
        /// Its start.
        start_ms: i64,
        /// Its end.
        end_ms: i64,
    },
    /// The medium failed.
    #[error("store `{store}`: {reason}")]
    Backend {
        /// The store.
        store: String,
        /// What the backend says.
        reason: String,
    },
}

impl StoreError {
    /// The store.
    pub fn store(&self) -> &str {
        match self {
            StoreError::Decode { store, .. }
            | StoreError::Window { store, .. }
            | StoreError::Encode { store, .. }
            | StoreError::NullKey { store }
            | StoreError::Session { store, .. }
            | StoreError::Backend { store, .. } => store,
        }
    }

    /// Whether what the store holds is at fault, or its medium, rather than what it was given. It
    /// may help to [clear it](crate::task::TaskBuilder::clear_store) and to restore it, once: if
    /// the changelog has the same bytes, the error comes again.
    pub fn is_damage(&self) -> bool {
        match self {
            StoreError::Decode { .. } | StoreError::Window { .. } | StoreError::Backend { .. } => true,
            StoreError::Encode { .. } | StoreError::NullKey { .. } | StoreError::Session { .. } => false,
        }
    }
}

crate::error::debug_is_display!(StoreError);
