//! `reduce`.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Combines the values of each key.
pub(super) const ROW: Operator = Operator {
    name: "reduce",
    on: Some(Kind::Grouped),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["left", "right"])]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: true,
    effect: false,
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Combines the values of each key.",
};
