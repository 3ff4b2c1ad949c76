//! Chances that a seed decides, whatever order the threads come in.

use crate::splitmix::{STEP, spread};

/// A source of chances for one subject. The same seed, subject and number give the same chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The chances of a whole run.
    #[must_use]
    pub(super) fn new(seed: u64) -> Self {
        Dice(mix(seed))
    }

    /// The chances of one subject of the run, such as the commits of a process.
    #[must_use]
    pub(super) fn of(self, subject: &str) -> Self {
        Dice(subject.bytes().fold(self.0, |state, byte| mix(state ^ u64::from(byte))))
    }

    /// A number below `limit`, for the case with this number.
    #[must_use]
    pub(super) fn below(self, case: u64, limit: u64) -> u64 {
        mix(self.0 ^ mix(case)) % limit.max(1)
    }

    /// Whether the case with this number is one of those that come once in `of`; never if `of` is
    /// 0.
    #[must_use]
    pub(super) fn one_in(self, case: u64, of: u64) -> bool {
        of > 0 && self.below(case, of) == 0
    }

    /// One of several, for the case with this number.
    #[must_use]
    pub(super) fn pick<T: Copy>(self, case: u64, of: &[T]) -> Option<T> {
        of.get(self.below(case, of.len() as u64) as usize).copied()
    }
}

fn mix(seed: u64) -> u64 {
    spread(seed.wrapping_add(STEP))
}
