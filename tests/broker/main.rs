//! The Kafka side of the broker seam against a real broker.
//!
//! Run by `cargo xtask e2e`, which starts one and says where it is in `STREAMS_TEST_KAFKA` (`host:port`). With
//! `STREAMS_TEST_KAFKA_PID`, the broker's process id, a test also stops it for some seconds.

mod admin;
mod clients;
mod group;
mod outage;
mod producers;
mod records;
mod support;
mod transactions;
