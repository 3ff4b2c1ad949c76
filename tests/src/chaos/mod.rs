//! A broker that misbehaves by a seed, behind the public seam, and what must hold whatever it does.
//!
//! The applications are whole ones, with their threads, on the embedded log. A seed decides what
//! goes wrong and at which call; which thread comes first it does not decide, so that a seed may
//! need several runs to show what it found once.

mod broker;
mod dice;
mod process;
mod producer;
mod script;
mod topologies;
mod world;

pub use script::{Kind, Script};
pub use world::run;
