//! `count` of a grouped table.

use super::options::{NAMED, VERSIONED};
use super::{Kind, Operator};

/// Counts the rows of each group.
pub(super) const ROW: Operator = Operator {
    name: "count",
    on: Some(Kind::GroupedTable),
    gives: Kind::Table,
    shapes: &[&[]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, VERSIONED],
    doc: "Counts the rows of each group.",
};
