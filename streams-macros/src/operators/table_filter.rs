//! `filter` of a table.

use super::options::NAMED;
use super::{Arg, Kind, Operator};

/// The rows for which the closure is true.
pub(super) const ROW: Operator = Operator {
    name: "filter",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED],
    doc: "The rows for which the closure is true.",
};
