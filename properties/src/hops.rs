//! Hopping windows that are written by hand: what they give must be what those that are built in
//! give.

use streams_runtime::prelude::*;

/// Windows of one size, one every advance.
#[derive(Clone, Copy, Debug)]
pub struct Hops {
    size_ms: i64,
    advance_ms: i64,
}

impl Hops {
    /// Of this size and advance.
    pub fn of(size_ms: i64, advance_ms: i64) -> Self {
        Hops { size_ms, advance_ms }
    }
}

impl CustomWindows for Hops {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let Hops { size_ms, advance_ms } = *self;
        let first = (time_ms - size_ms).div_euclid(advance_ms) + 1;
        (first..=time_ms / advance_ms).map(move |n| Window { start_ms: n * advance_ms, end_ms: n * advance_ms + size_ms })
    }

    fn size_ms(&self) -> i64 {
        self.size_ms
    }
}
