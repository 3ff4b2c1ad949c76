//! `map`.

use super::{Arg, Kind, Operator};

/// Makes a new key and a new value of each record.
pub(super) const ROW: Operator = Operator {
    name: "map",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes a new key and a new value of each record.",
};
