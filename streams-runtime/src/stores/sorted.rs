//! Rows of one key in order, in chunks: to add or to remove one moves at most a chunk, wherever it
//! belongs.

use std::collections::VecDeque;

/// How many rows are moved at most. Keys with fewer rows have one chunk.
const CHUNK_ROWS: usize = 256;

/// Where a row is, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    chunk: usize,
    row: usize,
}

/// Rows in the order that the caller keeps to: a row is added at the [`place`](Self::place) where
/// it belongs.
#[derive(Debug)]
pub(super) struct Sorted<T> {
    /// Empty only if there are no rows.
    first: VecDeque<T>,
    /// None of these is empty.
    more: Vec<VecDeque<T>>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Sorted { first: VecDeque::new(), more: Vec::new() }
    }
}

impl<T> Sorted<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.first.front()
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.more.last().unwrap_or(&self.first).back()
    }

    fn chunk(&self, chunk: usize) -> Option<&VecDeque<T>> {
        match chunk.checked_sub(1) {
            None => Some(&self.first),
            Some(place) => self.more.get(place),
        }
    }

    fn chunk_mut(&mut self, chunk: usize) -> Option<&mut VecDeque<T>> {
        match chunk.checked_sub(1) {
            None => Some(&mut self.first),
            Some(place) => self.more.get_mut(place),
        }
    }

    /// The place of the first row for which `is_before` does not hold; it holds for all rows up to
    /// some place and for none behind.
    #[inline]
    pub(super) fn place(&self, is_before: impl Fn(&T) -> bool) -> Place {
        let passed = |chunk: &VecDeque<T>| chunk.back().is_some_and(&is_before);
        let chunk = if passed(&self.first) { 1 + self.more.partition_point(passed) } else { 0 };
        let row = self.chunk(chunk).map_or(0, |rows| rows.partition_point(is_before));
        Place { chunk, row }
    }

    pub(super) fn get(&self, place: Place) -> Option<&T> {
        self.chunk(place.chunk)?.get(place.row)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.chunk_mut(place.chunk)?.get_mut(place.row)
    }

    /// The row in front of a place.
    pub(super) fn before(&self, place: Place) -> Option<&T> {
        match place.row.checked_sub(1) {
            Some(row) => self.chunk(place.chunk)?.get(row),
            None => self.chunk(place.chunk.checked_sub(1)?)?.back(),
        }
    }

    /// The row behind the one at a place.
    pub(super) fn behind(&self, place: Place) -> Option<&T> {
        let Place { chunk, row } = place;
        self.chunk(chunk)?.get(row + 1).or_else(|| self.chunk(chunk + 1)?.front())
    }

    /// Adds a row at the place where it belongs.
    pub(super) fn insert(&mut self, place: Place, value: T) {
        // Behind all chunks there is none; the last one takes it.
        let chunk = place.chunk.min(self.more.len());
        let Some(rows) = self.chunk_mut(chunk) else { return };
        let row = if chunk < place.chunk { rows.len() } else { place.row.min(rows.len()) };
        rows.insert(row, value);
        if rows.len() > CHUNK_ROWS {
            // A chunk that grows at its end stays full, as most do.
            let at = if row + 1 == rows.len() { row } else { rows.len() / 2 };
            let behind = rows.split_off(at);
            self.more.insert(chunk, behind);
        }
    }

    /// Takes the row at a place out.
    pub(super) fn remove(&mut self, place: Place) -> Option<T> {
        let rows = self.chunk_mut(place.chunk)?;
        let removed = rows.remove(place.row);
        if rows.is_empty() {
            match place.chunk.checked_sub(1) {
                Some(place) => drop(self.more.remove(place)),
                None if self.more.is_empty() => {}
                None => self.first = self.more.remove(0),
            }
        }
        removed
    }

    pub(super) fn pop_first(&mut self) -> Option<T> {
        self.remove(Place { chunk: 0, row: 0 })
    }

    /// The rows from one place to another, the latter left out; none if they are the wrong way
    /// round.
    #[inline]
    pub(super) fn range(&self, from: Place, to: Place) -> impl DoubleEndedIterator<Item = &T> {
        let chunks = if from < to { from.chunk..self.more.len().min(to.chunk) + 1 } else { 0..0 };
        chunks.filter_map(|chunk| Some((chunk, self.chunk(chunk)?))).flat_map(move |(chunk, rows)| {
            let start = if chunk == from.chunk { from.row } else { 0 };
            let end = if chunk == to.chunk { to.row } else { rows.len() };
            rows.range(start.min(end)..end)
        })
    }

    /// The place behind all rows.
    pub(super) fn end(&self) -> Place {
        Place { chunk: self.more.len() + 1, row: 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn put(rows: &mut Sorted<u32>, value: u32) {
        let place = rows.place(|row| *row < value);
        if rows.get(place) != Some(&value) {
            rows.insert(place, value);
        }
    }

    fn all(rows: &Sorted<u32>) -> Vec<u32> {
        rows.range(rows.place(|_| false), rows.end()).copied().collect()
    }

    /// Every chunk is small, so that no more than its rows are moved.
    fn check(rows: &Sorted<u32>, model: &BTreeSet<u32>) {
        assert_eq!(all(rows), model.iter().copied().collect::<Vec<_>>());
        assert!(rows.range(rows.place(|_| false), rows.end()).rev().eq(model.iter().rev()));
        assert_eq!((rows.first(), rows.last(), rows.is_empty()), (model.first(), model.last(), model.is_empty()));
        assert!(rows.more.iter().chain([&rows.first]).all(|chunk| chunk.len() <= CHUNK_ROWS));
        assert!(rows.more.iter().all(|chunk| !chunk.is_empty()));
        // Not many more chunks than are needed.
        assert!(rows.more.len() <= model.len() / (CHUNK_ROWS / 4) + 1, "{} chunks for {} rows", rows.more.len() + 1, model.len());
    }

    #[test]
    fn rows_are_in_order_however_they_come() {
        let orders: [fn(u32) -> u32; 3] = [|n| n, |n| 5_000 - n, |n| n.wrapping_mul(2_654_435_761) % 5_003];
        for order in orders {
            let (mut rows, mut model) = (Sorted::default(), BTreeSet::new());
            for value in (0..5_000).map(order) {
                put(&mut rows, value);
                model.insert(value);
            }
            check(&rows, &model);
            for value in [0, 1, 255, 256, 257, 2_500, 4_999, 6_000] {
                let place = rows.place(|row| *row < value);
                assert_eq!(rows.get(place), model.range(value..).next(), "{value}");
                assert_eq!(rows.before(place), model.range(..value).next_back(), "{value}");
                let behind = model.range(value..).nth(1);
                assert_eq!(rows.get(place).and(rows.behind(place)), behind, "{value}");
                let to = rows.place(|row| *row <= value + 300);
                assert!(rows.range(place, to).eq(model.range(value..=value + 300)), "{value}");
                assert_eq!(rows.range(to, place).next(), None, "{value}");
            }
        }
    }

    #[test]
    fn rows_leave_from_anywhere() {
        let (mut rows, mut model) = (Sorted::default(), (0..2_000).collect::<BTreeSet<u32>>());
        model.iter().for_each(|value| put(&mut rows, *value));
        for value in (0..2_000u32).map(|n| n * 1_201 % 2_003).filter(|value| value % 3 != 0) {
            let place = rows.place(|row| *row < value);
            if model.remove(&value) {
                assert_eq!(rows.remove(place), Some(value));
            }
        }
        assert_eq!(all(&rows), model.iter().copied().collect::<Vec<_>>());
        while let Some(first) = model.pop_first() {
            assert_eq!(rows.pop_first(), Some(first));
        }
        assert!(rows.is_empty() && rows.pop_first().is_none() && rows.more.is_empty());
        put(&mut rows, 7);
        *rows.get_mut(rows.place(|_| false)).unwrap() = 8;
        assert_eq!(all(&rows), [8]);
    }
}
