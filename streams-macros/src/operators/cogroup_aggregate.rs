//! `aggregate` of a cogroup.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, NAMED, TTL, VERSIONED, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Makes a table of the aggregates of a cogroup.
pub(super) const ROW: Operator = Operator {
    name: "aggregate",
    on: Some(Kind::Cogrouped),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&[])]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, VERSIONED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "Makes a table of the aggregates of a cogroup.",
};
