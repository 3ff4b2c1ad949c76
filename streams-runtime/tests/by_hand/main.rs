//! What the macro emits, written by hand: the operators' methods are public, and generated code is no more than this.

mod application;
mod task;
mod topology;
