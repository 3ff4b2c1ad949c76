//! Which rows lie in a range of keys: made when somebody asks for a range, and kept up to date from
//! then on. A store that is never asked for ranges pays nothing for it, and one that is asked for
//! many does not look at all of its rows for each.

use std::ops::{Bound, RangeBounds};

use super::order::Range;
use super::sorted::{Place, Sorted};

/// Numbers of rows in the order of their keys, which the owner has: `key_of` tells them.
#[derive(Debug)]
pub(super) struct ByKey(Sorted<u32>);

impl ByKey {
    /// The rows with these numbers, of which no two have one key.
    pub(super) fn new<'k>(rows: impl Iterator<Item = u32>, key_of: impl Fn(u32) -> &'k [u8]) -> Self {
        let mut rows: Vec<u32> = rows.collect();
        rows.sort_unstable_by(|a, b| compared(key_of(*a)).cmp(compared(key_of(*b))));
        let mut sorted = Sorted::default();
        for row in rows {
            sorted.insert(sorted.end(), row);
        }
        ByKey(sorted)
    }

    /// Adds a row whose key is not there yet.
    pub(super) fn insert<'k>(&mut self, row: u32, key_of: impl Fn(u32) -> &'k [u8]) {
        let place = self.place(Bound::Included(key_of(row)), &key_of);
        self.0.insert(place, row);
    }

    /// Takes a row out, if it is there.
    pub(super) fn remove<'k>(&mut self, row: u32, key_of: impl Fn(u32) -> &'k [u8]) {
        let place = self.place(Bound::Included(key_of(row)), &key_of);
        if self.0.get(place) == Some(&row) {
            self.0.remove(place);
        }
    }

    /// The first place within a lower bound.
    fn place<'k>(&self, from: Bound<&[u8]>, key_of: impl Fn(u32) -> &'k [u8]) -> Place {
        self.0.place(|row| !is_inside((from, Bound::Unbounded), key_of(*row)))
    }

    /// The rows in a range of keys, in their order.
    pub(super) fn range<'k>(&self, (from, to): Range<'_>, key_of: impl Fn(u32) -> &'k [u8]) -> impl DoubleEndedIterator<Item = u32> {
        let first = self.place(from, &key_of);
        let end = self.0.place(|row| is_inside((Bound::Unbounded, to), key_of(*row)));
        self.0.range(first, end).copied()
    }

    /// All rows in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.range(self.0.place(|_| false), self.0.end()).copied()
    }
}

fn is_inside(range: Range<'_>, key: &[u8]) -> bool {
    RangeBounds::<[u8]>::contains(&range, compared(key))
}

#[cfg(not(test))]
#[inline(always)]
fn compared(key: &[u8]) -> &[u8] {
    key
}

#[cfg(test)]
thread_local! {
    /// How many keys were compared, so that tests can tell what a range costs.
    pub(super) static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
fn compared(key: &[u8]) -> &[u8] {
    COMPARED.set(COMPARED.get() + 1);
    key
}
