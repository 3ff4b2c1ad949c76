//! `group_by` of a table.

use super::{Arg, Kind, Operator};

/// Groups rows by a key that the closure computes, together with a value for the group.
pub(super) const ROW: Operator = Operator {
    name: "group_by",
    on: Some(Kind::Table),
    gives: Kind::GroupedTable,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Groups rows by a key that the closure computes, together with a value for the group.",
};
