//! `windowed_by` of a cogroup.

use super::{Arg, Kind, Operator};

/// Cuts the records of a cogroup into windows of event time.
pub(super) const ROW: Operator = Operator {
    name: "windowed_by",
    on: Some(Kind::Cogrouped),
    gives: Kind::WindowedCogroup,
    shapes: &[&[Arg::Value("windows")]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Cuts the records of a cogroup into windows of event time.",
};
