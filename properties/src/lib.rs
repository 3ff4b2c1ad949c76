//! Random topologies on random inputs, compared with a model that recomputes everything from all records seen so far.
//!
//! [`generate`] draws topologies ([`topology`]) from a seed, [`render`] writes them as one crate of `topology!` texts, [`model`] says what
//! each must do, [`run`] drives both and tells the first difference with its input shrunk. `cargo xtask properties` does it all.

pub mod basket;
pub mod feature;
pub mod generate;
pub mod hops;
pub mod input;
pub mod model;
pub mod processors;
pub mod random;
pub mod render;
pub mod run;
pub mod topology;
pub mod values;
pub mod write;

/// What the generated crate uses.
pub mod prelude {
    pub use crate::basket::Basket;
    pub use crate::hops::Hops;
    pub use crate::processors::{Numbered, Relabelled};
    pub use crate::run::{Entry, Running, global_rows, key_value_rows, session_rows, versioned_rows, window_rows};
    pub use crate::values::{code, combine, letter, minus, show, tail};
    pub use streams_runtime::AnyTopology;
    pub use streams_runtime::prelude::*;
}
