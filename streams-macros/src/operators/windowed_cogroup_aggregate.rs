//! `aggregate` of a cogroup in windows.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Makes a table of the aggregates of a cogroup in windows.
pub(super) const ROW: Operator = Operator {
    name: "aggregate",
    on: Some(Kind::WindowedCogroup),
    gives: Kind::Table,
    // Sessions are merged, other windows are not.
    shapes: &[&[Arg::Closure(&[])], &[Arg::Closure(&[]), Arg::Closure(&["key", "a", "b"])]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "Makes a table of the aggregates of a cogroup in windows.",
};
