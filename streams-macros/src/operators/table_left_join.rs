//! `left_join` of two tables.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// The keys of a table, with a value made of its row and of that of another or `None`.
pub(super) const ROW: Operator = Operator {
    name: "left_join",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[
        &[Arg::Operand(&[Kind::Table]), Arg::Closure(&["left", "right"])],
        &[Arg::Operand(&[Kind::Table]), Arg::Closure(&["value"]), Arg::Closure(&["left", "right"])],
        &[Arg::Operand(&[Kind::Table]), Arg::Closure(&["key", "value"]), Arg::Closure(&["left", "right"])],
    ],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "The keys of a table, with a value made of its row and of that of another or `None`.",
};
