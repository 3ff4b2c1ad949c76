//! `window_store`.

use super::options::{CHANGELOG_SETTING, NAMED, RETAIN_DUPLICATES, WITHOUT_CACHE, WITHOUT_CHANGELOG};
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
    options: &[NAMED, RETAIN_DUPLICATES, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "A store of values by key and window, for processors.",
};
