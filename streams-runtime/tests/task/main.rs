//! Single tasks, without a runtime around them: inputs, crashes, damaged stores.
#![allow(clippy::unwrap_used)] // tests

mod crash;
mod damaged_store;
mod inputs;
mod support;
