//! `no_default`.

use super::{Kind, Operator};

/// Ends a `split`: what no branch took is dropped.
pub(super) const ROW: Operator = Operator {
    name: "no_default",
    on: Some(Kind::Split),
    gives: Kind::Branches,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Ends a `split`: what no branch took is dropped.",
};
