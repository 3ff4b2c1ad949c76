//! `split`.

use super::{Kind, Operator};

/// Sends each record to the first branch whose closure is true.
pub(super) const ROW: Operator = Operator {
    name: "split",
    on: Some(Kind::Stream),
    gives: Kind::Split,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Sends each record to the first branch whose closure is true.",
};
