//! Stores for processors, one row per kind: beside the rows of their sources what is written for their types and how they are made.

use super::{Kind, Operator};

/// A kind of store.
#[derive(Debug)]
pub(crate) struct StoreType {
    /// The source that declares it. `StoreKind` has a function of this name, which takes its arguments and has its options as methods.
    pub(crate) source: &'static str,
    /// The type that a user writes.
    pub(crate) written: &'static str,
    /// The method of `TaskBuilder` that opens it and gives its handle.
    pub(crate) open: &'static str,
    /// For queries its key is a `Windowed<K, W>` with this `W`.
    pub(crate) window: Option<&'static str>,
}

/// All kinds.
const STORE_TYPES: &[StoreType] = &[
    StoreType { source: "key_value_store", written: "KeyValueStore", open: "key_value_store", window: None },
    StoreType { source: "session_store", written: "SessionStore", open: "session_store", window: Some("SessionWindow") },
    StoreType { source: "window_store", written: "WindowStore", open: "window_store", window: Some("Window") },
    StoreType { source: "versioned_store", written: "VersionedStore", open: "versioned_store", window: None },
];

impl Operator {
    /// The kind of store that it declares.
    pub(crate) fn store_type(&self) -> Option<&'static StoreType> {
        STORE_TYPES.iter().find(|store| self.gives == Kind::Store && store.source == self.name)
    }

    /// The type that a user writes for what it gives, if one can be written.
    pub(crate) fn written(&self) -> Option<&'static str> {
        match self.store_type() {
            Some(store) => Some(store.written),
            None => self.gives.written(),
        }
    }
}
