//! `to_table`.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Kind, Operator};

/// Keeps the last value of each key.
pub(super) const ROW: Operator = Operator {
    name: "to_table",
    on: Some(Kind::Stream),
    gives: Kind::Table,
    shapes: &[&[]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Keeps the last value of each key.",
};
