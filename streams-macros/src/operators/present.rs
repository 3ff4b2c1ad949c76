//! `present`.

use super::{Kind, Operator};

/// Keeps the values that are there.
pub(super) const ROW: Operator = Operator {
    name: "present",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Keeps the values that are there: a stream of `V` of one of `Option<V>`.",
};
