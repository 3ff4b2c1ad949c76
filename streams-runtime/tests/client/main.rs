//! Typed records into topics and out of them, on the embedded log. `tests/broker/clients.rs` has what Kafka does.

#![allow(clippy::unwrap_used)] // tests

mod producer;
mod reader;
