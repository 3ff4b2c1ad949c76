//! `print`.

use super::{Arg, Kind, Operator};

/// Prints each record with a label and passes it on.
pub(super) const ROW: Operator = Operator {
    name: "print",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Value("label")]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: true,
    options: &[],
    doc: "Prints each record with a label and passes it on.",
};
