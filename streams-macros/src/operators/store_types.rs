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
    /// For queries its key is a `Windowed<K>`.
    pub(crate) windowed: bool,
}

/// All kinds.
const STORE_TYPES: &[StoreType] = &[
    StoreType { source: "key_value_store", written: "KeyValueStore", open: "key_value", windowed: false },
    StoreType { source: "window_store", written: "WindowStore", open: "window_store", windowed: true },
    StoreType { source: "versioned_store", written: "VersionedStore", open: "versioned_store", windowed: false },
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
