//! `map_values`.

use super::{Arg, Kind, Operator};

/// Makes a new value of each value.
pub(super) const ROW: Operator = Operator {
    name: "map_values",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes a new value of each value.",
};
