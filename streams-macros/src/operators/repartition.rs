//! `repartition`.

use super::options::{NAMED, PARTITIONED_BY, PARTITIONS, WITH};
use super::{Kind, Operator};

/// Writes the stream to an internal topic by its key and reads it back.
pub(super) const ROW: Operator = Operator {
    name: "repartition",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[NAMED, WITH, PARTITIONS, PARTITIONED_BY],
    doc: "Writes the stream to an internal topic by its key and reads it back.",
};
