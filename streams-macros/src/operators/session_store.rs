//! `session_store`.

use super::options::{CHANGELOG_SETTING, NAMED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// A store of values by key and session, for processors.
pub(super) const ROW: Operator = Operator {
    name: "session_store",
    on: None,
    gives: Kind::Store,
    shapes: &[&[Arg::Value("retention")]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "A store of values by key and session, for processors.",
};
