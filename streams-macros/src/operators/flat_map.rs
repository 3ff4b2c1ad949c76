//! `flat_map`.

use super::{Arg, Kind, Operator};

/// Makes any number of records of each: `out(key, value)`.
pub(super) const ROW: Operator = Operator {
    name: "flat_map",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value", "out"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes any number of records of each: `out(key, value)`.",
};
