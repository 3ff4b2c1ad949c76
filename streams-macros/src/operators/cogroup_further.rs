//! `cogroup` on a cogroup.

use super::options::NAMED;
use super::{Arg, Kind, Operator};

/// Adds a grouped stream to a cogroup, with a closure of its own.
pub(super) const ROW: Operator = Operator {
    name: "cogroup",
    on: Some(Kind::Cogrouped),
    gives: Kind::Cogrouped,
    shapes: &[&[Arg::Operand(&[Kind::Grouped]), Arg::Closure(&["key", "value", "aggregate"])]],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED],
    doc: "Adds a grouped stream to a cogroup, with a closure of its own.",
};
