//! Tests of the embedded log.

mod crashes;
mod durable;
mod faulty;
mod groups;
mod ownership;
mod reading;
mod speed;
mod support;
mod threads;
mod topics;
