//! Shared by the tests.

pub mod process;
