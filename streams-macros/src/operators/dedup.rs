//! `dedup`.

use super::options::{CHANGELOG_SETTING, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Keeps the first record of each key within a time.
pub(super) const ROW: Operator = Operator {
    name: "dedup",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Value("windows")]],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: false,
    effect: false,
    options: &[NAMED, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Keeps the first record of each key within a time.",
};
