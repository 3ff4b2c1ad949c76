//! Tests of the embedded log.

mod groups;
mod reading;
mod speed;
mod support;
mod topics;
