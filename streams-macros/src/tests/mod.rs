//! Tests of the phases, without rustc.

mod cases;
mod context;
mod editor;
mod expansion;
mod messages;
