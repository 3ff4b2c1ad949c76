//! `dedup_by`.

use super::options::{CHANGELOG_SETTING, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Keeps the first record of each id of a key within a time.
pub(super) const ROW: Operator = Operator {
    name: "dedup_by",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"]), Arg::Value("windows")]],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Keeps the first record of each key and id within a time; the closure gives the id.",
};
