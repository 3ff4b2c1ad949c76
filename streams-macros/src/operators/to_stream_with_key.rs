//! `to_stream_with_key`.

use super::{Arg, Kind, Operator};

/// The changes of a table under a new key.
pub(super) const ROW: Operator = Operator {
    name: "to_stream_with_key",
    on: Some(Kind::Table),
    gives: Kind::Stream,
    shapes: &[&[Arg::Closure(&["key", "value"])]],
    changes_key: true,
    needs_key: false,
    state: false,
    twin: true,
    effect: false,
    options: &[],
    doc: "The changes of a table under a new key; the closure sees `None` for a deletion.",
};
