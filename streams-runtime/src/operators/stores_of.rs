//! What a processor and its stores make, said so that a mistake there is told once.

use super::process::Process;
use super::process_values::ProcessValues;

/// The operators that a processor and its stores make.
///
/// They are reached through the stores, which only a processor has: where something else is given, rustc says so there, does not know the type
/// of the operator, and so says nothing more where the nodes are put together.
pub trait StoresOf<P>: Sized {
    /// That of `process`.
    type Process;
    /// That of `process_values`.
    type ProcessValues;

    /// Makes that of `process`.
    fn into_process(self, processor: P) -> Self::Process;

    /// Makes that of `process_values`.
    fn into_process_values(self, processor: P) -> Self::ProcessValues;
}

impl<P, S> StoresOf<P> for S {
    type Process = Process<P, S>;
    type ProcessValues = ProcessValues<P, S>;

    fn into_process(self, processor: P) -> Process<P, S> {
        Process::new(processor, self)
    }

    fn into_process_values(self, processor: P) -> ProcessValues<P, S> {
        ProcessValues::new(processor, self)
    }
}

/// A processor that is given no stores has none.
#[diagnostic::on_unimplemented(
    message = "this processor works with a store, and none is given: `{Self}`",
    label = "the store is missing",
    note = "declare it, `let store: KeyValueStore<Key, Value> = key_value_store();`, and name it behind the processor: `.process(processor, store)`",
    note = "several stores are a tuple in the order of the processor's `Stores`: `.process(processor, (first, second))`"
)]
pub trait NoStores {
    /// No stores.
    fn none() -> Self;
}

impl NoStores for () {
    fn none() -> Self {}
}

/// What a processor gets for whom no stores are named.
pub fn no_stores<S: NoStores>() -> S {
    S::none()
}
