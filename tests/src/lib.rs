//! Shared by the tests.

pub mod conformance;
