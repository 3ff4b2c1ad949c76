//! What is flushed but not committed: bytes by key in one buffer, above the backend, so that a store on disk is never ahead of the commit.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::by_key::ByKey;
use super::order::Range;

type Span = std::ops::Range<usize>;

#[derive(Default)]
pub(super) struct Overlay {
    hasher: DefaultHashBuilder,
    index: HashTable<u32>,
    rows: Vec<(Span, Option<Span>)>,
    bytes: Vec<u8>,
    /// Since somebody asked for a range.
    order: Option<ByKey>,
}

impl Overlay {
    /// Sets the bytes of a key; `None` deletes it.
    pub(super) fn put(&mut self, key: &[u8], value: Option<&[u8]>) {
        let hash = self.hasher.hash_one(key);
        let (rows, bytes) = (&self.rows, &self.bytes);
        let found = self.index.find(hash, |&row| bytes[rows[row as usize].0.clone()] == *key).copied();
        if let Some(row) = found {
            let place = &mut self.rows[row as usize].1;
            match (place.clone(), value) {
                (Some(span), Some(value)) if span.len() == value.len() => self.bytes[span].copy_from_slice(value),
                _ => *place = value.map(|value| append(&mut self.bytes, value)),
            }
            return;
        }
        let key = append(&mut self.bytes, key);
        let value = value.map(|value| append(&mut self.bytes, value));
        self.rows.push((key, value));
        let (hasher, rows, bytes) = (&self.hasher, &self.rows, &self.bytes);
        let row = rows.len() as u32 - 1;
        self.index.insert_unique(hash, row, |&row| hasher.hash_one(&bytes[rows[row as usize].0.clone()]));
        if let Some(order) = &mut self.order {
            order.insert(row, |row| &bytes[rows[row as usize].0.clone()]);
        }
    }

    /// What is known of a key: nothing, that it is deleted, or its bytes.
    pub(super) fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        let hash = self.hasher.hash_one(key);
        let row = self.index.find(hash, |&row| self.bytes[self.rows[row as usize].0.clone()] == *key)?;
        Some(self.rows[*row as usize].1.clone().map(|span| &self.bytes[span]))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.rows.iter().map(|(key, value)| (&self.bytes[key.clone()], value.clone().map(|span| &self.bytes[span])))
    }

    fn row(&self, row: u32) -> (&[u8], Option<&[u8]>) {
        let (key, value) = &self.rows[row as usize];
        (&self.bytes[key.clone()], value.clone().map(|span| &self.bytes[span]))
    }

    /// A range is going to be asked for. Where there is nothing no order begins: stores are read
    /// once when they are made.
    pub(super) fn keep_order(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let (rows, bytes) = (&self.rows, &self.bytes);
        self.order.get_or_insert_with(|| ByKey::new(0..rows.len() as u32, |row| &bytes[rows[row as usize].0.clone()]));
    }

    /// The rows in a range of keys, in their order; nothing before the order [is
    /// kept](Self::keep_order).
    pub(super) fn range(&self, range: Range<'_>) -> impl DoubleEndedIterator<Item = (&[u8], Option<&[u8]>)> {
        let rows = self.order.as_ref().map(|order| order.range(range, |row| &self.bytes[self.rows[row as usize].0.clone()]));
        rows.into_iter().flatten().map(|row| self.row(row))
    }

    /// All rows in the order of their keys.
    pub(super) fn sorted(&self) -> Vec<(&[u8], Option<&[u8]>)> {
        if let Some(order) = &self.order {
            return order.iter().map(|row| self.row(row)).collect();
        }
        let mut rows: Vec<_> = self.iter().collect();
        rows.sort_unstable_by_key(|row| row.0);
        rows
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.index.clear();
        self.rows.clear();
        self.bytes.clear();
        self.order = None;
    }
}

fn append(bytes: &mut Vec<u8>, more: &[u8]) -> Span {
    let start = bytes.len();
    bytes.extend_from_slice(more);
    start..bytes.len()
}
