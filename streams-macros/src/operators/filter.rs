//! `filter`.

use super::{Arg, Kind, Operator};

/// Keeps the records for which the closure is true.
pub(super) const ROW: Operator = Operator {
    name: "filter",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Keeps the records for which the closure is true.",
};
