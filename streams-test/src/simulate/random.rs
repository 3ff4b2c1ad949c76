//! Choices that a seed decides. Each has a subject and a number, so that one that is left out
//! changes no other.

/// A source of choices for one subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(u64);

/// The last part of `SplitMix64`: spreads the bits of a number.
fn spread(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Dice {
    /// The choices of a whole run.
    pub(super) fn new(seed: u64) -> Self {
        Dice(spread(seed))
    }

    /// Those of one subject of it, such as the commits of a process.
    pub(super) fn of(self, subject: &str) -> Self {
        Dice(subject.bytes().fold(self.0, |state, byte| spread(state ^ u64::from(byte))))
    }

    /// Those of one of several alike.
    pub(super) fn nth(self, number: u64) -> Self {
        Dice(spread(self.0 ^ spread(number)))
    }

    /// A number below `limit`, for the case with this number.
    pub(super) fn below(self, case: u64, limit: u64) -> u64 {
        spread(self.0 ^ spread(case)) % limit.max(1)
    }

    /// A number from `least` to `most`.
    pub(super) fn between(self, case: u64, least: u64, most: u64) -> u64 {
        least + self.below(case, most.saturating_sub(least) + 1)
    }

    /// Whether the case with this number is one of those that come once in `of`; never if `of` is
    /// 0.
    pub(super) fn one_in(self, case: u64, of: u64) -> bool {
        of > 0 && self.below(case, of) == 0
    }

    /// One of several, for the case with this number; the default if there are none.
    pub(super) fn pick<T: Copy + Default>(self, case: u64, of: &[T]) -> T {
        of.get(self.below(case, of.len() as u64) as usize).copied().unwrap_or_default()
    }
}

/// Random numbers for the records of an input: the same for the same seed.
#[derive(Clone, Debug)]
pub struct Random {
    dice: Dice,
    next: u64,
}

impl Random {
    pub(super) fn new(dice: Dice) -> Self {
        Random { dice, next: 0 }
    }

    pub(super) fn for_step(&self, step: u64) -> Self {
        Random::new(self.dice.nth(step))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        spread(self.dice.0 ^ spread(self.next))
    }

    /// A number below `limit`; 0 if that is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit.max(1)
    }

    /// Whether something that comes once in `of` comes now.
    pub fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    /// One of several.
    ///
    /// # Panics
    /// Without any to choose from.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = self.below(of.len() as u64) as usize;
        &of[index]
    }
}
