//! `versioned_store`.

use super::options::{CHANGELOG_SETTING, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// A store of values by key with the history of each, for processors.
pub(super) const ROW: Operator = Operator {
    name: "versioned_store",
    on: None,
    gives: Kind::Store,
    shapes: &[&[Arg::Value("history")]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "A store of values by key with the history of each, for processors.",
};
