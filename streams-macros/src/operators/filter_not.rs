//! `filter_not`.

use super::{Arg, Kind, Operator};

/// Drops the records for which the closure is true.
pub(super) const ROW: Operator = Operator {
    name: "filter_not",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Drops the records for which the closure is true.",
};
