//! `flat_map_values_with_key`.

use super::{Arg, Kind, Operator};

/// Makes any number of values of each record: `out(value)`; the key stays.
pub(super) const ROW: Operator = Operator {
    name: "flat_map_values_with_key",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value", "out"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Makes any number of values of each record: `out(value)`; the key stays.",
};
