//! `filter` of a table.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// The rows for which the closure is true.
pub(super) const ROW: Operator = Operator {
    name: "filter",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "The rows for which the closure is true.",
};
