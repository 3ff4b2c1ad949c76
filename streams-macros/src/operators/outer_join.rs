//! `outer_join`.

use super::options::{CHANGELOG_SETTING, COPARTITIONED, HOLD_UNMATCHED, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Joins the records of two streams in each other's windows; those of either without a partner with `None`.
pub(super) const ROW: Operator = Operator {
    name: "outer_join",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[
        &[Arg::Operand(&[Kind::Stream]), Arg::Closure(&["left", "right"]), Arg::Value("windows")],
        &[Arg::Operand(&[Kind::Stream]), Arg::Closure(&["key", "left", "right"]), Arg::Value("windows")],
    ],
    changes_key: false,
    needs_key: true,
    state: false,
    twin: true,
    effect: false,
    options: &[NAMED, HOLD_UNMATCHED, WITHOUT_CHANGELOG, CHANGELOG_SETTING, COPARTITIONED],
    doc: "Joins the records of two streams in each other's windows; those of either without a partner with `None`.",
};
