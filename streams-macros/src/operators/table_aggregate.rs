//! `aggregate` of a grouped table.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Folds the values of each group into an aggregate: added when they come, subtracted when they leave.
pub(super) const ROW: Operator = Operator {
    name: "aggregate",
    on: Some(Kind::GroupedTable),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&[]), Arg::Closure(&["key", "value", "aggregate"]), Arg::Closure(&["key", "value", "aggregate"])]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: true,
    effect: false,
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Folds the values of each group into an aggregate: added when they come, subtracted when they leave.",
};
