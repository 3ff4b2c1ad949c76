//! `table`.

use super::options::{
    CHANGELOG_SETTING, MAX_AHEAD, NAMED, OFFSET_RESET, PARTITIONED_BY, PARTITIONS, TIMESTAMP, TTL, VERSIONED, WITH, WITHOUT_CACHE,
    WITHOUT_CHANGELOG, WITHOUT_STORE,
};
use super::{Arg, Kind, Operator};

/// Reads a topic as a table: the last value of each key.
pub(super) const ROW: Operator = Operator {
    name: "table",
    on: None,
    gives: Kind::Table,
    shapes: &[&[Arg::Topic]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[
        NAMED,
        TIMESTAMP,
        MAX_AHEAD,
        WITH,
        OFFSET_RESET,
        PARTITIONS,
        WITHOUT_STORE,
        VERSIONED,
        TTL,
        WITHOUT_CACHE,
        WITHOUT_CHANGELOG,
        CHANGELOG_SETTING,
        PARTITIONED_BY,
    ],
    doc: "Reads a topic as a table: the last value of each key.",
};
