//! The seams to time: whatever asks for "now" asks a [`Clock`], whatever measures how long
//! something takes asks a [`MonotonicClock`], so that tests decide what time it is.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the wall-clock time.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
    }
}

/// A clock that stands still until it is moved.
///
/// ```
/// use streams_runtime::time::clock::{Clock, ManualClock};
/// let clock = ManualClock::new(1_000);
/// clock.advance_ms(500);
/// assert_eq!(clock.now_ms(), 1_500);
/// ```
#[derive(Debug, Default)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `now_ms`.
    pub fn new(now_ms: i64) -> Self {
        ManualClock { now_ms: AtomicI64::new(now_ms) }
    }

    /// Shows `now_ms` from now on.
    pub fn set_ms(&self, now_ms: i64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }

    /// Moves the clock forward (or back, if negative).
    pub fn advance_ms(&self, by_ms: i64) {
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}

/// Tells how much time has passed. It never goes back, whatever is done to the wall clock.
pub trait MonotonicClock: Send + Sync + Debug {
    /// The time since some start.
    fn elapsed(&self) -> Duration;
}

/// The monotonic clock of the machine. Its start is the first look at it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemMonotonicClock;

static FIRST_LOOK: OnceLock<Instant> = OnceLock::new();

impl MonotonicClock for SystemMonotonicClock {
    fn elapsed(&self) -> Duration {
        FIRST_LOOK.get_or_init(Instant::now).elapsed()
    }
}

/// A monotonic clock that stands still until it is moved.
///
/// ```
/// use std::time::Duration;
/// use streams_runtime::time::clock::{ManualMonotonicClock, MonotonicClock};
/// let clock = ManualMonotonicClock::default();
/// clock.advance(Duration::from_millis(500));
/// assert_eq!(clock.elapsed(), Duration::from_millis(500));
/// ```
#[derive(Debug, Default)]
pub struct ManualMonotonicClock {
    elapsed_ns: AtomicU64,
}

impl ManualMonotonicClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by_ns = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        self.elapsed_ns.fetch_add(by_ns, Ordering::SeqCst);
    }
}

impl MonotonicClock for ManualMonotonicClock {
    fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed_ns.load(Ordering::SeqCst))
    }
}
