//! Shared by the tests.

pub mod conformance;
pub mod process;
mod splitmix;
pub mod words;
