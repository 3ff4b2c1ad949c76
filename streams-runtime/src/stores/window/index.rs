//! Which windows have rows: in order of time, and by key.

use std::collections::{BTreeSet, VecDeque};
use std::ops::{Bound, RangeInclusive};

use hashbrown::HashMap;

use super::WindowKey;
use crate::stores::ordered_time;

/// The rows of a window store, without their values.
#[derive(Default)]
pub(super) struct WindowIndex {
    /// Start, key and sequence number in one, so that the order of the bytes is that of time and then key.
    by_start: BTreeSet<Box<[u8]>>,
    /// Start and sequence number of the rows of each key, ascending.
    by_key: HashMap<Box<[u8]>, VecDeque<(i64, u32)>>,
    scratch: Vec<u8>,
}

/// Writes what `by_start` is ordered by.
fn write_place(place: &mut Vec<u8>, row: WindowKey<'_>) {
    write_start(place, row.start_ms);
    place.extend_from_slice(row.key);
    place.extend_from_slice(&row.sequence.to_be_bytes());
}

/// Writes what lies before all rows with this start.
fn write_start(place: &mut Vec<u8>, start_ms: i64) {
    place.clear();
    place.extend_from_slice(&ordered_time::to_bytes(start_ms));
}

fn read_place(place: &[u8]) -> Option<WindowKey<'_>> {
    let (start, rest) = place.split_first_chunk()?;
    let (key, sequence) = rest.split_last_chunk()?;
    Some(WindowKey { key, start_ms: ordered_time::from_bytes(*start), sequence: u32::from_be_bytes(*sequence) })
}

impl WindowIndex {
    /// Remembers a row; it may be there already.
    pub(super) fn insert(&mut self, row: WindowKey<'_>) {
        let rows = match self.by_key.get_mut(row.key) {
            Some(rows) => rows,
            None => self.by_key.entry(row.key.into()).or_default(),
        };
        let one = (row.start_ms, row.sequence);
        // Most windows are the latest of their key.
        let at = if rows.back().is_none_or(|last| *last < one) { rows.len() } else { rows.partition_point(|other| *other < one) };
        if rows.get(at) == Some(&one) {
            return;
        }
        rows.insert(at, one);
        write_place(&mut self.scratch, row);
        self.by_start.insert(self.scratch.as_slice().into());
    }

    /// Forgets the first row in the order of time that does not start after `upto_ms`, and gives it to `visit`. `false`: there is none.
    pub(super) fn pop_until(&mut self, upto_ms: i64, visit: impl FnOnce(WindowKey<'_>)) -> bool {
        let Some(row) = self.by_start.first().and_then(|first| read_place(first)).filter(|row| row.start_ms <= upto_ms) else {
            return false;
        };
        if let Some(rows) = self.by_key.get_mut(row.key) {
            // The first of all is the first of its key.
            rows.pop_front();
            if rows.is_empty() {
                self.by_key.remove(row.key);
            }
        }
        visit(row);
        self.by_start.pop_first();
        true
    }

    /// The row after `at` in the order of time and key, or the first one that starts after `after_ms`.
    pub(super) fn next(&mut self, at: Option<WindowKey<'_>>, after_ms: i64) -> Option<WindowKey<'_>> {
        match at {
            Some(row) => write_place(&mut self.scratch, row),
            None => write_start(&mut self.scratch, after_ms.checked_add(1)?),
        }
        let next = self.by_start.range::<[u8], _>((Bound::Excluded(&self.scratch[..]), Bound::Unbounded)).next();
        next.and_then(|next| read_place(next))
    }

    /// All rows that start within a range, in the order of time and key.
    pub(super) fn range(&self, within_ms: RangeInclusive<i64>) -> impl DoubleEndedIterator<Item = WindowKey<'_>> {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        write_start(&mut from, *within_ms.start());
        let to = match within_ms.end().checked_add(1) {
            Some(end_ms) => {
                write_start(&mut to, end_ms);
                Bound::Excluded(&to[..])
            }
            None => Bound::Unbounded,
        };
        let range = (!within_ms.is_empty()).then(|| self.by_start.range::<[u8], _>((Bound::Included(&from[..]), to)));
        range.into_iter().flatten().filter_map(|place| read_place(place))
    }

    /// Start and sequence number of a key's rows within a range, ascending.
    pub(super) fn of_key<'a>(
        &'a self,
        key: &[u8],
        within_ms: RangeInclusive<i64>,
    ) -> impl DoubleEndedIterator<Item = (i64, u32)> + use<'a> {
        let (from_ms, to_ms) = within_ms.into_inner();
        self.by_key.get(key).into_iter().flat_map(move |rows| {
            let from = rows.partition_point(|(start_ms, _)| *start_ms < from_ms);
            let to = rows.partition_point(|(start_ms, _)| *start_ms <= to_ms).max(from);
            rows.range(from..to).copied()
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

    fn row(key: &str, start_ms: i64) -> WindowKey<'_> {
        WindowKey { key: key.as_bytes(), start_ms, sequence: 0 }
    }

    fn index(rows: &[(&str, i64)]) -> WindowIndex {
        let mut index = WindowIndex::default();
        for (key, start_ms) in rows {
            index.insert(row(key, *start_ms));
        }
        index
    }

    #[test]
    fn the_windows_of_a_key_are_those_within_a_range() {
        let index = index(&[("a", 30), ("ab", 15), ("a", 10), ("a", 20), ("a", 20), ("b", 20), ("a", -5)]);
        let starts = |from_ms, to_ms| index.of_key(b"a", from_ms..=to_ms).map(|(start_ms, _)| start_ms).collect::<Vec<_>>();
        assert_eq!(starts(i64::MIN, i64::MAX), [-5, 10, 20, 30]);
        assert_eq!(starts(10, 20), [10, 20]);
        assert_eq!(starts(11, 29), [20]);
        assert_eq!((starts(21, 29), starts(40, 50), starts(20, 10)), (vec![], vec![], vec![]));
        assert_eq!(index.of_key(b"a", 0..=100).rev().map(|(start_ms, _)| start_ms).collect::<Vec<_>>(), [30, 20, 10]);
        assert_eq!(index.of_key(b"c", 0..=100).count(), 0);
        assert_eq!(index.len(), 6);
    }

    #[test]
    fn values_of_one_key_and_time_are_told_apart_by_their_sequence() {
        let mut index = index(&[("a", 10)]);
        for sequence in [2, 1, 2] {
            index.insert(WindowKey { sequence, ..row("a", 10) });
        }
        assert_eq!(index.of_key(b"a", 10..=10).collect::<Vec<_>>(), [(10, 0), (10, 1), (10, 2)]);
        assert_eq!(index.range(0..=10).map(|row| row.sequence).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn rows_follow_each_other_in_order_of_time_and_key() {
        let mut index = index(&[("b", 10), ("a", 10), ("", 10), ("z", 0), ("a", -1)]);
        let all: Vec<_> = index.range(i64::MIN..=i64::MAX).collect();
        assert_eq!(all, [row("a", -1), row("z", 0), row("", 10), row("a", 10), row("b", 10)]);
        assert_eq!(index.range(0..=9).collect::<Vec<_>>(), [row("z", 0)]);
        assert_eq!(index.range(0..=10).next_back(), Some(row("b", 10)));
        let empty = RangeInclusive::new(10, 0);
        assert_eq!(index.range(empty).count(), 0);
        assert_eq!(index.next(None, 0), Some(row("", 10)));
        assert_eq!(index.next(Some(row("a", 10)), 0), Some(row("b", 10)));
        assert_eq!(index.next(Some(row("b", 10)), 0), None);
        assert_eq!(index.next(None, i64::MAX), None);
    }

    #[test]
    fn the_oldest_rows_leave_first() {
        let mut index = index(&[("b", 10), ("a", 10), ("a", 20)]);
        let mut gone = Vec::new();
        while index.pop_until(10, |row| gone.push((row.key.to_vec(), row.start_ms))) {}
        assert_eq!(gone, [(b"a".to_vec(), 10), (b"b".to_vec(), 10)]);
        assert_eq!(index.len(), 1);
        assert_eq!(index.of_key(b"b", 0..=100).count(), 0);
    }
}
