//! Whole processes in simulated time: the machines of an application on an embedded log, stepped by
//! the test.
#![allow(clippy::unwrap_used)] // tests

mod catch_up;
mod handover;
mod restart;
mod support;
mod topics;
