//! `process`.

use super::options::COPARTITIONED;
use super::{Arg, Kind, Operator};

/// Runs a processor, which may forward any records.
pub(super) const ROW: Operator = Operator {
    name: "process",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Value("processor")], &[Arg::Value("processor"), Arg::Stores]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: false,
    effect: true,
    options: &[COPARTITIONED],
    doc: "Runs a processor, which may forward any records.",
};
