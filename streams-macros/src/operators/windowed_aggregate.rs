//! `aggregate` in windows.

use super::options::{CHANGELOG_SETTING, NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Folds the records of each key and window into an aggregate.
pub(super) const ROW: Operator = Operator {
    name: "aggregate",
    on: Some(Kind::Windowed),
    gives: Kind::Table,
    // Sessions are merged, other windows are not.
    shapes: &[
        &[Arg::Closure(&[]), Arg::Closure(&["key", "value", "aggregate"])],
        &[Arg::Closure(&[]), Arg::Closure(&["key", "value", "aggregate"]), Arg::Closure(&["key", "a", "b"])],
    ],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: true,
    effect: false,
    options: &[NAMED, RETENTION, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Folds the records of each key and window into an aggregate.",
};
