//! Scenarios that need operators or stores that do not exist yet. A name leaves this list when its topology is written.

/// In the order of `tests/conformance/README.md`.
pub(super) const SCENARIOS: &[&str] = &[];
