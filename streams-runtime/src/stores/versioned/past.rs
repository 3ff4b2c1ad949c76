//! Which old versions a key has: times in memory, values in rows.

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
    versions: Vec<Old>,
    /// The time of the latest value; `None` if the key is deleted.
    pub(super) latest_ms: Option<i64>,
}

impl Past {
    pub(super) fn new(latest_ms: Option<i64>) -> Self {
        Past { versions: Vec::new(), latest_ms }
    }

    pub(super) fn last(&self) -> Option<Old> {
        self.versions.last().copied()
    }

    /// Adds a version, or puts it in the place of the one with its time.
    pub(super) fn insert(&mut self, old: Old) {
        match self.versions.binary_search_by_key(&old.from_ms, |old| old.from_ms) {
            Ok(place) => self.versions[place] = old,
            Err(place) => self.versions.insert(place, old),
        }
    }

    /// The version that held at a time.
    pub(super) fn at(&self, time_ms: i64) -> Option<Old> {
        let after = self.versions.partition_point(|old| old.from_ms <= time_ms);
        self.versions[..after].last().copied()
    }

    /// The time of the first version after a time.
    pub(super) fn after(&self, time_ms: i64) -> Option<i64> {
        let after = self.versions.partition_point(|old| old.from_ms <= time_ms);
        self.versions.get(after).map(|old| old.from_ms)
    }

    /// Until when a version holds. A deletion that is the latest is needed as long as something older can be put.
    fn end_ms(&self, place: usize) -> i64 {
        match (self.versions.get(place + 1), self.latest_ms) {
            (Some(next), _) => next.from_ms,
            (None, Some(latest_ms)) => latest_ms,
            (None, None) => self.versions.get(place).map_or(i64::MAX, |old| old.from_ms),
        }
    }

    /// When its oldest version ends.
    pub(super) fn schedule(&self) -> i64 {
        self.end_ms(0)
    }

    /// Takes out the versions that ended by a time.
    pub(super) fn expire(&mut self, limit_ms: i64) -> impl Iterator<Item = Old> {
        let expired = (0..self.versions.len()).take_while(|place| self.end_ms(*place) <= limit_ms).count();
        self.versions.drain(..expired)
    }
}
