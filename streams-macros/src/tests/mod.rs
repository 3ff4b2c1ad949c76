//! Tests of the phases, without rustc.

mod cases;
mod expansion;
mod messages;
