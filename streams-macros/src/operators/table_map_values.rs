//! `map_values` of a table.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// The same rows with new values.
pub(super) const ROW: Operator = Operator {
    name: "map_values",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "The same rows with new values.",
};
