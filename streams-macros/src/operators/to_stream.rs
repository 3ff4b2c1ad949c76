//! `to_stream`.

use super::{Kind, Operator};

/// The changes of a table: `Option<value>`, `None` for a deletion.
pub(super) const ROW: Operator = Operator {
    name: "to_stream",
    on: Some(Kind::Table),
    gives: Kind::Stream,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[],
    doc: "The changes of a table: `Option<value>`, `None` for a deletion.",
};
