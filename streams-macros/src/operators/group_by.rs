//! `group_by`.

use super::{Arg, Kind, Operator};

/// Groups records by a key that the closure computes.
pub(super) const ROW: Operator = Operator {
    name: "group_by",
    on: Some(Kind::Stream),
    gives: Kind::Grouped,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Groups records by a key that the closure computes.",
};
