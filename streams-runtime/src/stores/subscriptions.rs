//! The rows of a left table that wait for rows of a right one, by foreign key and then primary key.
//!
//! A row's key is Kafka Streams' combined key: the length of the foreign key in 4 bytes, the foreign key, the primary key. All keys are kept in
//! order beside the rows, so that the subscribers of one foreign key are found without reading the others.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use super::erased::OverRows;
use super::{Change, KeyValueBackend, KeyValueStore, StoreError};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::murmur3::ValueHash;
use crate::codec::subscription::{Instruction, Subscription};
use crate::headers::Headers;
use crate::record::RecordRef;

/// The subscription store of one task.
pub(crate) struct SubscriptionStore {
    rows: KeyValueStore<Vec<u8>, Subscription>,
    keys: BTreeSet<Box<[u8]>>,
}

impl SubscriptionStore {
    /// A store over what the backend holds already.
    pub(crate) fn new(
        name: Arc<str>,
        backend: Box<dyn KeyValueBackend>,
        changelog: Option<(TopicSlot, i32)>,
        cache_max_bytes: usize,
    ) -> Result<Self, StoreError> {
        let mut rows = KeyValueStore::new(name, backend, changelog, cache_max_bytes);
        let mut keys = BTreeSet::new();
        rows.all(|key: &Vec<u8>, _| {
            keys.insert(key.as_slice().into());
            ControlFlow::Continue(())
        })?;
        Ok(SubscriptionStore { rows, keys })
    }

    /// Keeps a subscription under its combined key, or forgets it if that is what it says.
    pub(crate) fn apply(&mut self, combined: &[u8], subscription: &Subscription, timestamp_ms: i64) -> Result<(), StoreError> {
        let Some(place) = self.rows.load(combined)? else {
            return Err(StoreError::NullKey { store: self.rows.name().to_owned() });
        };
        let before = self.rows.take(place);
        let keeps = matches!(subscription.instruction, Instruction::AnswerAlways | Instruction::AnswerIfFound);
        let after = keeps.then(|| match before {
            // The memory of its key is used again.
            Some(mut row) => {
                row.clone_from(subscription);
                row
            }
            None => subscription.clone(),
        });
        if !keeps {
            self.keys.remove(combined);
        } else if !self.keys.contains(combined) {
            self.keys.insert(combined.into());
        }
        self.rows.set(place, timestamp_ms, &Headers::default(), after);
        Ok(())
    }

    /// The next subscription after `row` whose combined key begins with `prefix`; its key replaces that in `row`. An empty `row` asks for the
    /// first one. Gives the hash and the partition of the subscription.
    pub(crate) fn next(&mut self, prefix: &[u8], row: &mut Vec<u8>) -> Result<Option<(Option<ValueHash>, Option<i32>)>, StoreError> {
        loop {
            let after = if row.is_empty() { Bound::Included(prefix) } else { Bound::Excluded(&row[..]) };
            let next = self.keys.range::<[u8], _>((after, Bound::Unbounded)).next().filter(|key| key.starts_with(prefix));
            let Some(next) = next else { return Ok(None) };
            row.clear();
            row.extend_from_slice(next);
            let place = self.rows.load(&row[..])?;
            if let Some(subscription) = place.and_then(|place| self.rows.row(place)) {
                return Ok(Some((subscription.hash, subscription.partition)));
            }
        }
    }
}

impl OverRows for SubscriptionStore {
    type Value = Subscription;

    fn rows(&self) -> &KeyValueStore<Vec<u8>, Subscription> {
        &self.rows
    }

    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, Subscription> {
        &mut self.rows
    }

    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<Subscription>>, StoreError> {
        self.rows.next_change(row, out)
    }

    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        let keys = &mut self.keys;
        let mut seen = records.inspect(|record| match (record.key, record.value) {
            (Some(key), Some(_)) => {
                keys.insert(key.into());
            }
            (Some(key), None) => {
                keys.remove(key);
            }
            (None, _) => {}
        });
        self.rows.restore(&mut seen, position)
    }

    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.keys.clear();
        self.rows.clear_for_restore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::subscription::{combined_key, primary_key};
    use crate::record::{NewRecord, RecordBatch};
    use crate::stores::MemoryBackend;

    fn store(cache_max_bytes: usize) -> SubscriptionStore {
        SubscriptionStore::new(Arc::from("s"), Box::new(MemoryBackend::default()), None, cache_max_bytes).unwrap()
    }

    fn combined(foreign: &str, primary: &str) -> Vec<u8> {
        let mut key = Vec::new();
        combined_key(foreign.as_bytes(), &mut key);
        key.extend_from_slice(primary.as_bytes());
        key
    }

    fn subscription(instruction: Instruction, primary: &str) -> Subscription {
        Subscription { hash: None, instruction, primary_key: primary.into(), partition: Some(primary.len() as i32) }
    }

    /// The primary keys and partitions of those that wait for a foreign key.
    fn waiting(store: &mut SubscriptionStore, foreign: &str) -> Vec<(String, i32)> {
        let (prefix, mut row, mut found) = (combined(foreign, ""), Vec::new(), Vec::new());
        while let Some((_, partition)) = store.next(&prefix, &mut row).unwrap() {
            found.push((String::from_utf8(primary_key(&row).unwrap().to_vec()).unwrap(), partition.unwrap()));
        }
        found
    }

    #[test]
    fn those_of_one_foreign_key_are_found_in_order() {
        for cache_max_bytes in [0, 1 << 20] {
            let mut store = store(cache_max_bytes);
            let rows = [("b", "k2"), ("b", "k1"), ("bb", "k3"), ("a", "k4"), ("", "k5"), ("b", "")];
            for (foreign, primary) in rows {
                store.apply(&combined(foreign, primary), &subscription(Instruction::AnswerAlways, primary), 1).unwrap();
            }
            assert_eq!(waiting(&mut store, "b"), [(String::new(), 0), ("k1".into(), 2), ("k2".into(), 2)]);
            assert_eq!(waiting(&mut store, ""), [("k5".into(), 2)]);
            store.apply(&combined("b", "k1"), &subscription(Instruction::DeleteQuietly, "k1"), 2).unwrap();
            store.apply(&combined("c", "k1"), &subscription(Instruction::DeleteAndAnswer, "k1"), 2).unwrap();
            assert_eq!(waiting(&mut store, "b"), [(String::new(), 0), ("k2".into(), 2)]);
            assert_eq!(waiting(&mut store, "c"), []);
        }
    }

    #[test]
    fn a_changelog_brings_them_back_and_takes_them_away() {
        let mut store = store(0);
        let mut batch = RecordBatch::default();
        // Version 1, no hash, instruction 2, primary key, partition 2.
        let value = b"\x81\x02k1\0\0\0\x02";
        for (key, value) in [(combined("a", "k1"), Some(&value[..])), (combined("b", "k1"), Some(&value[..])), (combined("a", "k1"), None)]
        {
            batch.push(NewRecord { key: Some(&key), value, timestamp_ms: 5, offset: 0 });
        }
        OverRows::restore(&mut store, &mut batch.iter(), 3).unwrap();
        assert_eq!((waiting(&mut store, "a"), waiting(&mut store, "b")), (vec![], vec![("k1".into(), 2)]));
        OverRows::clear_for_restore(&mut store).unwrap();
        assert_eq!(waiting(&mut store, "b"), []);
    }
}
