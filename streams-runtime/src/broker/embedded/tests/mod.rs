//! Tests of the embedded log.

mod durable;
mod faulty;
mod groups;
mod reading;
mod speed;
mod support;
mod topics;
