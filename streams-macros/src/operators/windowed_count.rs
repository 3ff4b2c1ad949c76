//! `count` in windows.

use super::options::{CHANGELOG_SETTING, NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Kind, Operator};

/// Counts the records of each key and window.
pub(super) const ROW: Operator = Operator {
    name: "count",
    on: Some(Kind::Windowed),
    gives: Kind::Table,
    shapes: &[&[]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Counts the records of each key and window.",
};
