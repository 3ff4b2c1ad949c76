//! `branch`.

use super::{Arg, Kind, Operator};

/// One branch of a `split`.
pub(super) const ROW: Operator = Operator {
    name: "branch",
    on: Some(Kind::Split),
    gives: Kind::Split,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "One branch of a `split`.",
};
