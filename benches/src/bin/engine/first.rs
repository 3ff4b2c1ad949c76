//! When the first record reached the topology.

use std::sync::OnceLock;
use std::time::Instant;

static FIRST: OnceLock<Instant> = OnceLock::new();

pub(crate) fn note_first() {
    FIRST.get_or_init(Instant::now);
}

pub(crate) fn first() -> Option<Instant> {
    FIRST.get().copied()
}
