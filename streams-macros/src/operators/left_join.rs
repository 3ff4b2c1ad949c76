//! `left_join`.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, GRACE, HOLD_UNMATCHED, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator, TABLE_KEY};

/// Joins each record with the records of a stream in its window, or with the row of a table, that have its key, or with `None`.
pub(super) const ROW: Operator = Operator {
    name: "left_join",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[
        &[Arg::Operand(&[Kind::Stream]), Arg::Closure(&["left", "right"]), Arg::Value("windows")],
        &[Arg::Operand(&[Kind::Stream]), Arg::Closure(&["key", "left", "right"]), Arg::Value("windows")],
        &[Arg::Operand(&[Kind::Table]), Arg::Closure(&["value", "table_value"])],
        &[Arg::Operand(&[Kind::Table]), Arg::Closure(&["key", "value", "table_value"])],
        &[Arg::Operand(&[Kind::GlobalTable]), Arg::Closure(&["key", "value"]), Arg::Closure(&["value", "table_value"])],
        &[Arg::Operand(&[Kind::GlobalTable]), Arg::Closure(&["key", "value"]), Arg::Closure(&["key", "value", "table_value"])],
        &[Arg::Operand(&[Kind::GlobalTable]), Arg::Closure(&["key", "value"]), Arg::Closure(&["key", TABLE_KEY, "value", "table_value"])],
    ],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, GRACE, HOLD_UNMATCHED, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "Joins each record with the records of a stream in its window, or with the row of a table, that have its key, or with `None`.",
};
