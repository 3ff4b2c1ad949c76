//! `window_store`.

use super::options::{NAMED, RETAIN_DUPLICATES};
use super::{Arg, Kind, Operator};

/// A store of values by key and window, for processors.
pub(super) const ROW: Operator = Operator {
    name: "window_store",
    on: None,
    gives: Kind::Store,
    shapes: &[&[Arg::Value("retention"), Arg::Value("window size")]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, RETAIN_DUPLICATES],
    doc: "A store of values by key and window, for processors.",
};
