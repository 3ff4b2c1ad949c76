//! `map_values_with_key`.

use super::{Arg, Kind, Operator};

/// Makes a new value of each record; the key stays.
pub(super) const ROW: Operator = Operator {
    name: "map_values_with_key",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes a new value of each record; the key stays.",
};
