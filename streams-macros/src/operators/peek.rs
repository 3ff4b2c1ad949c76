//! `peek`.

use super::{Arg, Kind, Operator};

/// Looks at each record and passes it on.
pub(super) const ROW: Operator = Operator {
    name: "peek",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "Looks at each record and passes it on.",
};
