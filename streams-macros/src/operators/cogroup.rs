//! `cogroup`.

use super::options::NAMED;
use super::{Arg, Kind, Operator};

/// Begins an aggregate that several grouped streams are folded into.
pub(super) const ROW: Operator = Operator {
    name: "cogroup",
    on: Some(Kind::Grouped),
    gives: Kind::Cogrouped,
    shapes: &[&[Arg::Closure(&["key", "value", "aggregate"])]],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED],
    doc: "Begins an aggregate that several grouped streams are folded into.",
};
