//! A process as its broker sees it: it may stand still, or be gone.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use streams_runtime::broker::{BrokerError, GroupMember, TopicPartition};
use streams_runtime::time::clock::{Clock, SystemClock};

use super::dice::Dice;
use super::script::Script;

/// A lock whose holder may have panicked, which another finding reports.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all processes of a run share.
pub(super) struct Weather {
    pub(super) script: Script,
    /// Nothing goes wrong any more.
    pub(super) over: AtomicBool,
    /// Until when no request is answered.
    pub(super) away_until: Mutex<Option<Instant>>,
    pub(super) shift_ms: AtomicI64,
    /// Asks the group, and has no partitions.
    pub(super) observer: OnceLock<Arc<dyn GroupMember>>,
}

impl fmt::Debug for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weather").field("script", &self.script).finish_non_exhaustive()
    }
}

impl Weather {
    pub(super) fn new(script: Script) -> Arc<Self> {
        Arc::new(Weather {
            script,
            over: AtomicBool::new(false),
            away_until: Mutex::default(),
            shift_ms: AtomicI64::new(0),
            observer: OnceLock::new(),
        })
    }

    /// The offsets that the group has for these partitions.
    pub(super) fn committed(&self, partitions: &[TopicPartition]) -> Result<Vec<i64>, BrokerError> {
        let Some(observer) = self.observer.get() else { return Ok(vec![0; partitions.len()]) };
        Ok(observer.committed(partitions).wait()?.into_iter().map(|committed| committed.map_or(0, |committed| committed.offset)).collect())
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// The wall clock of the processes.
impl Clock for Weather {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.shift_ms.load(Ordering::SeqCst)
    }
}

/// One process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) number: u64,
    pub(super) weather: Arc<Weather>,
    pub(super) dead: AtomicBool,
    frozen_until: Mutex<Option<Instant>>,
    counts: Mutex<HashMap<&'static str, u64>>,
    /// Questions about offsets, and assignments that they may be asked for.
    pub(super) questions: AtomicU64,
    pub(super) assignments: AtomicU64,
    /// Results that the process could not deliver: it is right to end.
    pub(super) undelivered: AtomicBool,
}

impl Process {
    pub(super) fn new(number: u64, weather: Arc<Weather>) -> Arc<Self> {
        Arc::new(Process {
            number,
            weather,
            dead: AtomicBool::new(false),
            frozen_until: Mutex::default(),
            counts: Mutex::default(),
            questions: AtomicU64::new(0),
            assignments: AtomicU64::new(0),
            undelivered: AtomicBool::new(false),
        })
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    pub(super) fn freeze(&self, duration: Duration) {
        *lock(&self.frozen_until) = Some(Instant::now() + duration);
    }

    /// The number of this call among those of its kind, and the chances of it.
    pub(super) fn chance(&self, what: &'static str) -> (Dice, u64) {
        let mut counts = lock(&self.counts);
        let count = counts.entry(what).or_default();
        *count += 1;
        (Dice::new(self.weather.script.seed ^ (self.number << 32)).of(what), *count)
    }

    /// Any call of the client: waits while the process stands still.
    ///
    /// # Errors
    /// When the process is gone.
    pub(super) fn enter(&self, what: &str) -> Result<(), BrokerError> {
        loop {
            if self.is_dead() {
                return Err(BrokerError::Other { what: what.to_owned(), reason: "the process is gone".to_owned(), fatal: true });
            }
            let until = *lock(&self.frozen_until);
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(Duration::from_millis(5))),
                _ => return Ok(()),
            }
        }
    }

    /// A request: takes its time, and may not be answered.
    ///
    /// # Errors
    /// When the process is gone, or the broker away.
    pub(super) fn request(&self, what: &str) -> Result<(), BrokerError> {
        self.enter(what)?;
        if self.weather.is_over() {
            return Ok(());
        }
        std::thread::sleep(self.weather.script.latency);
        match *lock(&self.weather.away_until) {
            Some(until) if Instant::now() < until => Err(timed_out(what)),
            _ => Ok(()),
        }
    }
}

pub(super) fn timed_out(what: &str) -> BrokerError {
    BrokerError::TimedOut { what: what.to_owned(), after_ms: 10, address: "the broker of a test".to_owned() }
}
