//! Whole applications on a real Apache Kafka, as processes that are started, stopped and killed.
//!
//! Run by `cargo xtask e2e`, which starts a broker and says where it is: `STREAMS_TEST_KAFKA` (`host:port`), `STREAMS_TEST_KAFKA_PID` (the
//! broker's process id) and `STREAMS_TEST_KAFKA_TOOL` (a command that runs Kafka's own tools). The applications are the program
//! `pipelines`. Topics are written and read here with plain rdkafka, so that a mistake of the runtime's own Kafka side cannot hide itself.

#![allow(clippy::unwrap_used)] // tests

mod catching_up;
mod changing_topics;
mod clocks;
mod frozen;
mod idle;
mod joins;
mod kafka;
mod load;
mod long_outage;
mod matching;
mod outage;
mod poison;
mod refused;
mod restart;
mod scaling;
mod startup;
mod stateless;
mod tables;
mod transactions;
mod windows;
mod word_count;
