//! Typed handles of size zero: the edges of a topology as rustc sees them. The operators are their methods (in `operators/`).

use std::fmt;
use std::marker::PhantomData;

use crate::codec::{Known, StreamData};

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident<$($param:ident),*>) => {
        $(#[$doc])*
        pub struct $name<$($param: ?Sized),*>($(PhantomData<fn() -> PhantomData<$param>>),*);

        impl<$($param: ?Sized),*> $name<$($param),*> {
            #[doc(hidden)]
            pub fn handle() -> Self {
                $name($(PhantomData::<fn() -> PhantomData<$param>>),*)
            }
        }

        impl<$($param: ?Sized),*> Clone for $name<$($param),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($param: ?Sized),*> Copy for $name<$($param),*> {}

        impl<$($param: ?Sized),*> fmt::Debug for $name<$($param),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "<"))?;
                $(write!(f, "{}, ", std::any::type_name::<$param>())?;)*
                f.write_str(">")
            }
        }
    };
}

/// What is written as the type of a stream or table, also by an alias: its key and its value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is the type of no stream and no table",
    label = "neither `Stream<…>` nor `Table<…>`",
    note = "write `Stream<Key, Value>`, `Table<Key, Value>` or `GlobalTable<Key, Value>`, or an alias of one of them"
)]
pub trait Typed {
    /// The type of its keys.
    type Key: ?Sized;
    /// The type of its values.
    type Value: ?Sized;
}

macro_rules! typed {
    ($($name:ident),*) => {
        $(impl<K: ?Sized, V: ?Sized> Typed for $name<K, V> {
            type Key = K;
            type Value = V;
        })*
    };
}
typed!(Stream, Table, GlobalTable);

handle! {
    /// A stream of records with key `K` and value `V`: every record stands for itself.
    ///
    /// Where the topic may hold null keys or values the type says so: `Stream<Option<String>, Option<View>>`.
    ///
    /// Its methods are what [`topology!`](crate::topology!) makes of the operators. The names in a topology are fewer: there one writes
    /// `join`, and the macro chooses `join_stream`, `join_table_with_key` or `join_global` by the operand and the parameters of the
    /// closure. A method that has another name than its operator says how it is written.
    Stream<K, V>
}

handle! {
    /// A table of values `V` by key `K`: a record replaces the one before of its key, a null deletes it. Its state is named by its `let`.
    ///
    /// Its methods are what [`topology!`](crate::topology!) makes of the operators. In a topology one writes `join`, and the macro chooses
    /// `join` or `join_foreign` by the closures; a method that has another name than its operator says how it is written. What a `group_by`
    /// of a table gives is aggregated by the methods of [`Grouped`] whose names end in `_changes`.
    Table<K, V>
}

handle! {
    /// A table that every process holds whole, so that a join needs no common partitioning.
    GlobalTable<K, V>
}

handle! {
    /// A stream grouped by its key: `count`, `reduce` or `aggregate` makes a [`Table`] of it.
    ///
    /// Its methods are what [`topology!`](crate::topology!) makes of the operators, as with [`Stream`]; `windowed_by` gives a type of its
    /// own for each kind of windows.
    Grouped<K, V>
}

handle! {
    /// Grouped streams that are folded into one aggregate of type `A` for each key: `aggregate` makes a [`Table`] of them.
    Cogrouped<K, A>
}

macro_rules! formats_of {
    ($($name:ident),*) => {$(
        impl<K: ?Sized, V: ?Sized> $name<K, V> {
            /// The same, if its keys have a format.
            #[doc(hidden)]
            #[must_use]
            pub fn keys_with_format<KC, K2: ?Sized>(self) -> $name<K2, V>
            where
                K: StreamData<Codec = KC>,
                KC: Known<K, Is = K2>,
            {
                $name::handle()
            }

            /// The same, if its values have a format.
            #[doc(hidden)]
            #[must_use]
            pub fn values_with_format<VC, V2: ?Sized>(self) -> $name<K, V2>
            where
                V: StreamData<Codec = VC>,
                VC: Known<V, Is = V2>,
            {
                $name::handle()
            }
        }
    )*};
}
formats_of!(Stream, Table, GlobalTable);
