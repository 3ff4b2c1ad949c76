//! Typed handles of the stores of a task.

use std::fmt;
use std::marker::PhantomData;

use super::{KeyValueStore, SessionStore, StoreObject, VersionedStore, WindowStore};
use crate::codec::StreamData;

/// Where a store is in its task. Handles are made for one task and cannot leave it through the public API.
pub trait StorePlace: sealed::Place {
    /// What it leads to.
    type Store: StoreObject;
}

pub(crate) mod sealed {
    /// The number of a store in its task.
    pub trait Place: Copy {
        /// The handle of a store.
        fn at(place: usize) -> Self;
        /// The store of a handle.
        fn place(self) -> usize;
    }
}

/// The type of a handle that shows key and value, and leads to a store of them.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $store:ident) => {
        $(#[$doc])*
        pub struct $name<K, V> {
            place: usize,
            types: PhantomData<fn() -> (K, V)>,
        }

        impl<K, V> Clone for $name<K, V> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<K, V> Copy for $name<K, V> {}

        impl<K, V> fmt::Debug for $name<K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.place)
            }
        }

        impl<K, V> sealed::Place for $name<K, V> {
            fn at(place: usize) -> Self {
                $name { place, types: PhantomData }
            }

            #[inline]
            fn place(self) -> usize {
                self.place
            }
        }

        impl<K, V> StorePlace for $name<K, V>
        where
            K: StreamData<Stored = K> + 'static,
            V: StreamData<Stored = V> + Clone + 'static,
        {
            type Store = $store<K, V>;
        }
    };
}

handle! {
    /// The handle of a key-value store in its task: what a processor gets for a store it is connected to.
    KeyValue, KeyValueStore
}

handle! {
    /// The handle of a window store in its task.
    WindowState, WindowStore
}

handle! {
    /// The handle of a session store in its task.
    Sessions, SessionStore
}

handle! {
    /// The handle of a versioned store in its task.
    Versioned, VersionedStore
}

/// Where an operator's own store is in its task: of joins and buffers.
pub(crate) struct Place<S>(usize, PhantomData<fn() -> S>);

impl<S> Clone for Place<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Place<S> {}

impl<S> sealed::Place for Place<S> {
    fn at(place: usize) -> Self {
        Place(place, PhantomData)
    }

    #[inline]
    fn place(self) -> usize {
        self.0
    }
}

impl<S: StoreObject> StorePlace for Place<S> {
    type Store = S;
}
