//! The `topology!` macro.
