//! Shared by the benchmarks.

pub mod contract;
