//! `to`.

use super::options::{FEEDBACK, PARTITIONED_BY, WITH};
use super::{Arg, Kind, Operator};

/// Writes each record to a topic.
pub(super) const ROW: Operator = Operator {
    name: "to",
    on: Some(Kind::Stream),
    gives: Kind::Nothing,
    shapes: &[&[Arg::TopicOrClosure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: true,
    options: &[WITH, PARTITIONED_BY, FEEDBACK],
    doc: "Writes each record to a topic.",
};
