//! Time: where "now" comes from.

pub mod clock;
