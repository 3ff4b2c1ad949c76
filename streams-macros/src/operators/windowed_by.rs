//! `windowed_by`.

use super::options::{EMIT_ON_CLOSE, FLUSH_AFTER};
use super::{Arg, Kind, Operator};

/// Cuts the records of each key into windows of event time.
pub(super) const ROW: Operator = Operator {
    name: "windowed_by",
    on: Some(Kind::Grouped),
    gives: Kind::Windowed,
    shapes: &[&[Arg::Value("windows")]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[EMIT_ON_CLOSE, FLUSH_AFTER],
    doc: "Cuts the records of each key into windows of event time.",
};
