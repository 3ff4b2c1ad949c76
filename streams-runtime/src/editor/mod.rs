//! The language of `topology!` as types, for editors only.
//!
//! An editor completes and explains what it sees types of. The macro hands it the body of a
//! topology nearly as it was written; the names in that body are found here. What can be called on
//! a type is what the language takes there: the operators, and behind a source or an operator its
//! options. Nothing here ever runs, and rustc never sees a body over these types.
//!
//! A method whose name has `__` in it is a form of an operator: `filter__3` is `filter` with a
//! closure of three parameters. `streams-macros/src/codegen/editor.rs` says when a form is meant.
//! A test compares the methods with the table of operators, both ways.

#![allow(non_snake_case, clippy::unused_unit)]

mod aggregations;
mod forms;
mod joins;
mod language;
mod options;
mod sources;
mod split;
mod streams;
mod tables;

pub use language::{GlobalTable, KeyValueStore, OfHandle, SessionStore, Stream, Table, VersionedStore, WindowStore};
pub use sources::{global_table, key_value_store, pattern, session_store, stream, table, versioned_store, window_store};

/// What every method gives: editors look at types only.
fn shown<T>() -> T {
    unreachable!("only editors see this")
}
