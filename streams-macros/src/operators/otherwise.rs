//! `otherwise`.

use super::{Kind, Operator};

/// Ends a `split`: the last branch gets what no other took.
pub(super) const ROW: Operator = Operator {
    name: "otherwise",
    on: Some(Kind::Split),
    gives: Kind::Branches,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Ends a `split`: the last branch gets what no other took.",
};
