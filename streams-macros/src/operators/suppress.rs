//! `suppress`.

use super::options::{CHANGELOG_SETTING, NAMED, WITHOUT_CHANGELOG};
use super::{Arg, Kind, Operator};

/// Holds changes back until the window closes, or until a time limit is over.
pub(super) const ROW: Operator = Operator {
    name: "suppress",
    on: Some(Kind::Table),
    gives: Kind::Table,
    shapes: &[&[Arg::Value("until_window_closes() or until_time_limit(duration)")]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "Holds changes back until the window closes, or until a time limit is over.",
};
