//! `for_each`.

use super::{Arg, Kind, Operator};

/// Ends the stream with an action for each record.
pub(super) const ROW: Operator = Operator {
    name: "for_each",
    on: Some(Kind::Stream),
    gives: Kind::Nothing,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: true,
    options: &[],
    doc: "Ends the stream with an action for each record.",
};
