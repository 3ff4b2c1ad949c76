//! Shared by the tests.

pub mod conformance;
pub mod process;
pub mod words;
