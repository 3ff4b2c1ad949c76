//! `count`.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Kind, Operator};

/// Counts the records of each key.
pub(super) const ROW: Operator = Operator {
    name: "count",
    on: Some(Kind::Grouped),
    gives: Kind::Table,
    shapes: &[&[]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Counts the records of each key.",
};
