//! `reduce` in windows.

use super::options::{NAMED, RETENTION};
use super::{Arg, Kind, Operator};

/// Combines the values of each key and window.
pub(super) const ROW: Operator = Operator {
    name: "reduce",
    on: Some(Kind::Windowed),
    gives: Kind::Table,
    shapes: &[&[Arg::Closure(&["left", "right"])]],
    changes_key: false,
    needs_key: true,
    state: true,
    twin: true,
    effect: false,
    options: &[NAMED, RETENTION],
    doc: "Combines the values of each key and window.",
};
