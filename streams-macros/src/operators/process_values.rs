//! `process_values`.

use super::options::COPARTITIONED;
use super::{Arg, Kind, Operator};

/// Runs a processor that keeps the key of each record.
pub(super) const ROW: Operator = Operator {
    name: "process_values",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Value("processor")], &[Arg::Value("processor"), Arg::Stores]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: true,
    options: &[COPARTITIONED],
    doc: "Runs a processor that keeps the key of each record.",
};
