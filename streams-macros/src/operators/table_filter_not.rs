//! `filter_not` of a table.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// The rows for which the closure is false.
pub(super) const ROW: Operator = Operator {
    name: "filter_not",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "The rows for which the closure is false.",
};
