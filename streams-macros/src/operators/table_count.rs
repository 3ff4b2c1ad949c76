//! `count` of a grouped table.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
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
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Counts the rows of each group.",
};
