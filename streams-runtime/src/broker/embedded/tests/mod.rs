//! Tests of the embedded log.

mod changes;
mod crashes;
mod damage;
mod durable;
mod groups;
mod old_version;
mod ownership;
mod reading;
mod speed;
mod support;
mod syncs;
mod threads;
mod topics;
