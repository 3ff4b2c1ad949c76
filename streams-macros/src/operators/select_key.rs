//! `select_key`.

use super::{Arg, Kind, Operator};

/// Gives each record a new key.
pub(super) const ROW: Operator = Operator {
    name: "select_key",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Gives each record a new key.",
};
