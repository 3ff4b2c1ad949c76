//! `global_table`.

use super::options::NAMED;
use super::{Arg, Kind, Operator};

/// Reads all partitions of a topic into a table that exists once per process.
pub(super) const ROW: Operator = Operator {
    name: "global_table",
    on: None,
    gives: Kind::GlobalTable,
    shapes: &[&[Arg::Topic]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED],
    doc: "Reads all partitions of a topic into a table that exists once per process.",
};
