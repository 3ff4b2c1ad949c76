//! `merge`.

use super::options::COPARTITIONED;
use super::{Arg, Kind, Operator};

/// Both streams in one; no order between them.
pub(super) const ROW: Operator = Operator {
    name: "merge",
    on: Some(Kind::Stream),
    gives: Kind::Stream,
    shapes: &[&[Arg::Operand(&[Kind::Stream])]],
    changes_key: false,
    needs_key: false,
    state: false,
    twin: false,
    effect: false,
    options: &[COPARTITIONED],
    doc: "Both streams in one; no order between them.",
};
