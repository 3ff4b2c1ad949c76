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
