//! The types of names and of what lies between two operators.

use std::marker::PhantomData;
use std::ops::Deref;

use super::shown;

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident<$($param:ident),*>;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<$($param: ?Sized),*>($(PhantomData<fn() -> PhantomData<$param>>),*);

        // Without a copy no editor offers `clone`; the check needs one, since names are read twice.
        #[cfg(editor_check)]
        impl<$($param: ?Sized),*> Clone for $name<$($param),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[cfg(editor_check)]
        impl<$($param: ?Sized),*> Copy for $name<$($param),*> {}

        impl<$($param: ?Sized),*> $name<$($param),*> {
            #[doc(hidden)]
            #[must_use]
            pub fn __end(&self) -> Self {
                shown()
            }
        }
    )*};
}

types! {
    /// A stream of records with key `K` and value `V`: every record stands for itself.
    ///
    /// Where the topic may hold null keys or values the type says so:
    /// `Stream<Option<String>, Option<View>>`.
    Stream<K, V>;
    /// A table of values `V` by key `K`: a record replaces the one before of its key, a null
    /// deletes it. Its state is named by its `let`.
    Table<K, V>;
    /// A table that every process holds whole, so that a join needs no common partitioning.
    GlobalTable<K, V>;
    /// A store of values `V` by key `K`, for processors.
    KeyValueStore<K, V>;
    /// A store of values `V` by key `K` and window, for processors.
    WindowStore<K, V>;
    /// A store of values `V` by key `K` and session, for processors.
    SessionStore<K, V>;
    /// A store of values `V` by key `K` with the history of each, for processors.
    VersionedStore<K, V>;
    /// A stream grouped by its key; an aggregation follows.
    Grouped<K, V>;
    /// A table whose rows are grouped by a key; an aggregation follows.
    GroupedTable<K, V>;
    /// A grouped stream in windows of event time; an aggregation follows.
    Windowed<K, V>;
    /// A grouped stream in sliding windows of event time; an aggregation follows.
    WindowedSliding<K, V>;
    /// A grouped stream in sessions; an aggregation follows.
    WindowedSessions<K, V>;
    /// Grouped streams that are folded into one aggregate `A`; `aggregate` follows.
    Cogrouped<K, A>;
    /// Grouped streams that are folded into one aggregate `A` in windows; `aggregate` follows.
    CogroupedInWindows<K, A, W>;
    /// A stream on its way to several branches `B`; `branch`, `otherwise` or `no_default` follows.
    Split<K, V, B>;
    /// Behind a sink.
    Nothing<K, V>;
}

/// What a source or an operator gives, with the options that may follow it at once.
#[derive(Debug)]
pub struct Behind<T, O>(PhantomData<fn() -> (T, O)>);

impl<T, O> Deref for Behind<T, O> {
    type Target = T;

    fn deref(&self) -> &T {
        shown()
    }
}

impl<T, O> Behind<T, O> {
    #[doc(hidden)]
    #[must_use]
    pub fn __end(&self) -> T {
        shown()
    }
}

/// What has keys and values.
pub trait Edge {
    /// The keys that a closure of an option sees.
    type Key: ?Sized;
    /// The values that a closure of an option sees.
    type Value: ?Sized;
}

impl<K: ?Sized, V: ?Sized> Edge for Stream<K, V> {
    type Key = K;
    type Value = V;
}

impl<K: ?Sized, V: ?Sized> Edge for Nothing<K, V> {
    type Key = K;
    type Value = V;
}

/// The topic of a table may have nulls.
impl<K, V> Edge for Table<K, V> {
    type Key = Option<K>;
    type Value = Option<V>;
}

/// What a written type is here. An alias is one of the real handles.
pub trait OfHandle {
    /// The type here.
    type As;
}

macro_rules! of_handles {
    ($($name:ident)*) => {$(
        impl<K: ?Sized, V: ?Sized> OfHandle for $name<K, V> {
            type As = Self;
        }
    )*};
}
of_handles!(Stream Table GlobalTable KeyValueStore WindowStore SessionStore VersionedStore);

impl<K: ?Sized, V: ?Sized> OfHandle for crate::handles::Stream<K, V> {
    type As = Stream<K, V>;
}

impl<K, V> OfHandle for crate::handles::Table<K, V> {
    type As = Table<K, V>;
}

impl<K, V> OfHandle for crate::handles::GlobalTable<K, V> {
    type As = GlobalTable<K, V>;
}
