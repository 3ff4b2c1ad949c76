//! `key_value_store`.

use super::options::{CHANGELOG_SETTING, NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG};
use super::{Kind, Operator};

/// A store for processors.
pub(super) const ROW: Operator = Operator {
    name: "key_value_store",
    on: None,
    gives: Kind::Store,
    shapes: &[&[]],
    changes_key: false,
    needs_key: false,
    state: true,
    twin: false,
    effect: false,
    options: &[NAMED, TTL, WITHOUT_CACHE, WITHOUT_CHANGELOG, CHANGELOG_SETTING],
    doc: "A store for processors.",
};
