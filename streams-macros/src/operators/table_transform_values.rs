//! `transform_values` of a table.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// The same rows with new values, made by a transformer with stores.
pub(super) const ROW: Operator = Operator {
    name: "transform_values",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Value("processor")], &[Arg::Value("processor"), Arg::Stores]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "The same rows with new values, made by a transformer with stores.",
};
