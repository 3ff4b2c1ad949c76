//! What the macro emits, written by hand: the operators' methods are public, and generated code is no more than this.

#![allow(clippy::unwrap_used)] // tests

mod application;
mod foreign_keys;
mod optimized;
mod partitioned_by;
mod sessions;
mod shared_handle;
mod stream_joins;
mod suppress;
mod task;
mod topology;
mod windows;
