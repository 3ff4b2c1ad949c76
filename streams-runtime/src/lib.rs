//! Compile-time typed stream processing on Kafka.

pub mod broker;
pub mod partition;
pub mod record;
pub mod time;
