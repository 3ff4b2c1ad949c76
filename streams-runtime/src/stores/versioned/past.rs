//! Which old versions a key has: times in memory, values in rows.

use crate::stores::sorted::{Place, Sorted};

/// What a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Value,
    /// Deleted by a put that had a later version.
    Deleted,
    /// Deleted by a put that was the latest.
    DeletedLast,
}

/// A version that is not the latest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Old {
    pub(super) from_ms: i64,
    pub(super) kind: Kind,
}

impl Old {
    /// Whether it was known to end where the next version began. A deletion that was the latest had no end, and does not get one from a
    /// value that comes after it.
    pub(super) fn ends_at_next(self) -> bool {
        self.kind != Kind::DeletedLast
    }
}

/// The old versions of a key, and its deletion if that is the latest.
#[derive(Debug)]
pub(super) struct Past {
    /// In the order of their times. The last may be a deletion at the very time of the latest value, which came later.
    versions: Sorted<Old>,
    /// The time of the latest value; `None` if the key is deleted.
    pub(super) latest_ms: Option<i64>,
}

impl Past {
    pub(super) fn new(latest_ms: Option<i64>) -> Self {
        Past { versions: Sorted::default(), latest_ms }
    }

    pub(super) fn last(&self) -> Option<Old> {
        self.versions.last().copied()
    }

    /// The place of the first version after a time.
    fn place_after(&self, time_ms: i64) -> Place {
        self.versions.place(|old| old.from_ms <= time_ms)
    }

    /// Adds a version, or puts it in the place of the one with its time.
    pub(super) fn insert(&mut self, old: Old) {
        let place = self.versions.place(|other| other.from_ms < old.from_ms);
        match self.versions.get_mut(place).filter(|there| there.from_ms == old.from_ms) {
            Some(there) => *there = old,
            None => self.versions.insert(place, old),
        }
    }

    /// The version that held at a time.
    pub(super) fn at(&self, time_ms: i64) -> Option<Old> {
        self.versions.before(self.place_after(time_ms)).copied()
    }

    /// The time of the first version after a time.
    pub(super) fn after(&self, time_ms: i64) -> Option<i64> {
        self.versions.get(self.place_after(time_ms)).map(|old| old.from_ms)
    }

    /// When its oldest version ends. A deletion that is the latest is needed as long as something
    /// older can be put.
    pub(super) fn schedule(&self) -> i64 {
        let first = self.versions.place(|_| false);
        match (self.versions.behind(first), self.latest_ms) {
            (Some(next), _) => next.from_ms,
            (None, Some(latest_ms)) => latest_ms,
            (None, None) => self.versions.first().map_or(i64::MAX, |old| old.from_ms),
        }
    }

    /// Takes out the oldest version, if it ended by a time.
    pub(super) fn expire_first(&mut self, limit_ms: i64) -> Option<Old> {
        if self.schedule() <= limit_ms { self.versions.pop_first() } else { None }
    }
}
