//! Compile-time typed stream processing on Kafka.

pub mod broker;
pub mod record;
