//! `group_by_key`.

use super::{Kind, Operator};

/// Groups records by their key.
pub(super) const ROW: Operator = Operator {
    name: "group_by_key",
    on: Some(Kind::Stream),
    gives: Kind::Grouped,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "Groups records by their key.",
};
