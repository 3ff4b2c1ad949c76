//! Scenarios that need operators or stores that do not exist yet. A name leaves this list when its topology is written.

/// In the order of `tests/conformance/README.md`.
pub(super) const SCENARIOS: &[&str] = &[
    "store_versioned_ops",
    "cogroup",
    "cogroup_tumbling",
    "cogroup_sliding",
    "cogroup_session",
    "suppress_tumbling",
    "suppress_hopping",
    "suppress_session",
    "suppress_time_limit",
    "suppress_max_records",
    "suppress_zero",
    "suppress_then_group",
    "suppress_windowed_time_limit",
    "st_grace_inner",
    "st_grace_left",
    "tt_windowed",
    "order_pipeline",
];
