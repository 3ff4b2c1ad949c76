//! Tests of the phases, without rustc.

mod cases;
mod editor;
mod expansion;
mod messages;
