//! `stream`.

use super::options::{MAX_AHEAD, OFFSET_RESET, PARTITIONED_BY, PARTITIONS, TIMESTAMP, WITH};
use super::{Arg, Kind, Operator};

/// Reads a topic, several topics, or all topics that match a pattern.
pub(super) const ROW: Operator = Operator {
    name: "stream",
    on: None,
    gives: Kind::Stream,
    shapes: &[&[Arg::Topics]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[TIMESTAMP, MAX_AHEAD, WITH, OFFSET_RESET, PARTITIONS, PARTITIONED_BY],
    doc: "Reads a topic, several topics, or all topics that match a pattern.",
};
