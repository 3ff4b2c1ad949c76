//! Which windows have rows: in order of time, and by key.

use std::collections::{BTreeSet, VecDeque};
use std::ops::{Bound, RangeInclusive};

use hashbrown::HashMap;

const START_BYTES: usize = 8;

/// The rows of a window store, without their values.
#[derive(Default)]
pub(super) struct WindowIndex {
    /// Start and key in one, so that the order of the bytes is that of time and then key.
    by_start: BTreeSet<Box<[u8]>>,
    /// The starts of each key, ascending.
    by_key: HashMap<Box<[u8]>, VecDeque<i64>>,
    scratch: Vec<u8>,
}

/// Writes what `by_start` is ordered by.
fn write_place(place: &mut Vec<u8>, start_ms: i64, key: &[u8]) {
    place.clear();
    // The sign is turned round, so that times before 1970 come first.
    place.extend_from_slice(&(start_ms ^ i64::MIN).to_be_bytes());
    place.extend_from_slice(key);
}

fn read_place(place: &[u8]) -> Option<(i64, &[u8])> {
    let (start, key) = place.split_first_chunk::<START_BYTES>()?;
    Some((i64::from_be_bytes(*start) ^ i64::MIN, key))
}

impl WindowIndex {
    /// Remembers a row; it may be there already.
    pub(super) fn insert(&mut self, key: &[u8], start_ms: i64) {
        let starts = match self.by_key.get_mut(key) {
            Some(starts) => starts,
            None => self.by_key.entry(key.into()).or_default(),
        };
        // Most windows are the latest of their key.
        let at = if starts.back().is_none_or(|last| *last < start_ms) { starts.len() } else { starts.partition_point(|s| *s < start_ms) };
        if starts.get(at) == Some(&start_ms) {
            return;
        }
        starts.insert(at, start_ms);
        let mut place = Vec::with_capacity(START_BYTES + key.len());
        write_place(&mut place, start_ms, key);
        self.by_start.insert(place.into_boxed_slice());
    }

    /// Forgets the first row in the order of time that does not start after `upto_ms`, and gives it to `visit`. `false`: there is none.
    pub(super) fn pop_until(&mut self, upto_ms: i64, visit: impl FnOnce(&[u8], i64)) -> bool {
        let Some((start_ms, key)) = self.by_start.first().and_then(|first| read_place(first)) else { return false };
        if start_ms > upto_ms {
            return false;
        }
        if let Some(starts) = self.by_key.get_mut(key) {
            // The first of all is the first of its key.
            starts.pop_front();
            if starts.is_empty() {
                self.by_key.remove(key);
            }
        }
        visit(key, start_ms);
        self.by_start.pop_first();
        true
    }

    /// The row after `at` (start and key) in the order of time and key, or the first one that starts after `after_ms`.
    pub(super) fn next(&mut self, at: Option<(i64, &[u8])>, after_ms: i64) -> Option<(i64, &[u8])> {
        let next = match at {
            Some((start_ms, key)) => {
                write_place(&mut self.scratch, start_ms, key);
                self.by_start.range::<[u8], _>((Bound::Excluded(&self.scratch[..]), Bound::Unbounded)).next()
            }
            None => {
                write_place(&mut self.scratch, after_ms.checked_add(1)?, &[]);
                self.by_start.range::<[u8], _>((Bound::Included(&self.scratch[..]), Bound::Unbounded)).next()
            }
        };
        next.and_then(|next| read_place(next))
    }

    /// Key and start of all rows that start after `after_ms`, in the order of time and key.
    pub(super) fn after(&self, after_ms: i64) -> impl Iterator<Item = (i64, &[u8])> {
        let mut from = Vec::new();
        write_place(&mut from, after_ms.saturating_add(1), &[]);
        self.by_start.range::<[u8], _>((Bound::Included(&from[..]), Bound::Unbounded)).filter_map(|place| read_place(place))
    }

    /// The starts of a key's rows within a range, ascending.
    pub(super) fn starts_of(&self, key: &[u8], within_ms: RangeInclusive<i64>) -> impl DoubleEndedIterator<Item = i64> {
        let (from_ms, to_ms) = within_ms.into_inner();
        self.by_key.get(key).into_iter().flat_map(move |starts| {
            let from = starts.partition_point(|start_ms| *start_ms < from_ms);
            let to = starts.partition_point(|start_ms| *start_ms <= to_ms).max(from);
            starts.range(from..to).copied()
        })
    }

    pub(super) fn clear(&mut self) {
        self.by_start.clear();
        self.by_key.clear();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.by_start.len(), self.by_key.values().map(VecDeque::len).sum::<usize>());
        self.by_start.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(rows: &[(&str, i64)]) -> WindowIndex {
        let mut index = WindowIndex::default();
        for (key, start_ms) in rows {
            index.insert(key.as_bytes(), *start_ms);
        }
        index
    }

    #[test]
    fn the_windows_of_a_key_are_those_within_a_range() {
        let index = index(&[("a", 30), ("ab", 15), ("a", 10), ("a", 20), ("a", 20), ("b", 20), ("a", -5)]);
        let starts = |from_ms, to_ms| index.starts_of(b"a", from_ms..=to_ms).collect::<Vec<_>>();
        assert_eq!(starts(i64::MIN, i64::MAX), [-5, 10, 20, 30]);
        assert_eq!(starts(10, 20), [10, 20]);
        assert_eq!(starts(11, 29), [20]);
        assert_eq!((starts(21, 29), starts(40, 50), starts(20, 10)), (vec![], vec![], vec![]));
        assert_eq!(index.starts_of(b"a", 0..=100).rev().collect::<Vec<_>>(), [30, 20, 10]);
        assert_eq!(index.starts_of(b"c", 0..=100).count(), 0);
        assert_eq!(index.len(), 6);
    }

    #[test]
    fn rows_follow_each_other_in_order_of_time_and_key() {
        let mut index = index(&[("b", 10), ("a", 10), ("", 10), ("z", 0), ("a", -1)]);
        let all: Vec<(i64, Vec<u8>)> = index.after(i64::MIN).map(|(start_ms, key)| (start_ms, key.to_vec())).collect();
        let expected: [(i64, &[u8]); 5] = [(-1, b"a"), (0, b"z"), (10, b""), (10, b"a"), (10, b"b")];
        assert_eq!(all, expected.map(|(start_ms, key)| (start_ms, key.to_vec())));
        assert_eq!(index.after(0).count(), 3);
        assert_eq!(index.next(None, 0), Some((10, &b""[..])));
        assert_eq!(index.next(Some((10, b"a")), 0), Some((10, &b"b"[..])));
        assert_eq!(index.next(Some((10, b"b")), 0), None);
        assert_eq!(index.next(None, i64::MAX), None);
    }

    #[test]
    fn the_oldest_rows_leave_first() {
        let mut index = index(&[("b", 10), ("a", 10), ("a", 20)]);
        let mut gone = Vec::new();
        while index.pop_until(10, |key, start_ms| gone.push((key.to_vec(), start_ms))) {}
        assert_eq!(gone, [(b"a".to_vec(), 10), (b"b".to_vec(), 10)]);
        assert_eq!(index.len(), 1);
        assert_eq!(index.starts_of(b"b", 0..=100).count(), 0);
    }
}
