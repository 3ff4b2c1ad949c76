//! The wall clock, which a test can set: the command `clock 600000` puts it ten minutes further
//! ahead of the machine's.

use std::num::ParseIntError;
use std::sync::atomic::{AtomicI64, Ordering};

use streams_runtime::time::clock::{Clock, SystemClock};

static AHEAD_MS: AtomicI64 = AtomicI64::new(0);

/// The machine's clock and what was added to it.
#[derive(Debug)]
pub(crate) struct Shifted;

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + AHEAD_MS.load(Ordering::Relaxed)
    }
}

/// Moves the clock by that many milliseconds, and gives how far it is ahead then.
pub(crate) fn shift(by_ms: &str) -> Result<i64, ParseIntError> {
    let by_ms: i64 = by_ms.parse()?;
    Ok(AHEAD_MS.fetch_add(by_ms, Ordering::Relaxed) + by_ms)
}
