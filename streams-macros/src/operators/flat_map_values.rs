//! `flat_map_values`.

use super::{Arg, Kind, Operator};

/// Makes any number of values of each: `out(value)`.
pub(super) const ROW: Operator = Operator {
    name: "flat_map_values",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["value", "out"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes any number of values of each: `out(value)`.",
};
