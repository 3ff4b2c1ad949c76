//! Tests of the phases, without rustc.

mod messages;
