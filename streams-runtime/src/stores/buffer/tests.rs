use proptest::prelude::*;

use super::*;
use crate::record::NewRecord;
use crate::stores::MemoryBackend;
use crate::stores::erased::StoreObject;

fn store(cache_max_bytes: usize) -> BufferStore<String> {
    let mut store = BufferStore::new("b".into(), Box::new(MemoryBackend::default()), Some((TopicSlot(0), 0)), cache_max_bytes);
    store.open(true, true).unwrap();
    store
}

fn put(store: &mut BufferStore<String>, key: &str, time_ms: i64, value: &str) {
    store
        .put(key.as_bytes(), (time_ms, 7), |row, is_new| {
            assert_eq!(is_new, row.new.is_none());
            row.new = Some(value.to_owned());
        })
        .unwrap();
}

/// What waits, in its order.
fn drain(store: &mut BufferStore<String>) -> Vec<(String, i64, String)> {
    let mut key = Vec::new();
    let mut left = Vec::new();
    while let Some(row) = store.take_first(&mut key).unwrap() {
        left.push((String::from_utf8(key.clone()).unwrap(), row.time_ms, row.new.unwrap()));
    }
    assert_eq!((store.len(), store.bytes(), store.first_ms(), store.first_arrival_ms()), (0, 0, None, None));
    left
}

#[test]
fn keys_leave_in_the_order_of_their_times_and_bytes() {
    let mut store = store(1 << 20);
    for (key, time_ms, value) in [("b", 5, "1"), ("ab", -3, "2"), ("a", 5, "3"), ("b", 9, "4")] {
        put(&mut store, key, time_ms, value);
    }
    let row = |key: &str, time_ms, value: &str| (key.to_owned(), time_ms, value.to_owned());
    assert_eq!(drain(&mut store), [row("ab", -3, "2"), row("a", 5, "3"), row("b", 5, "4")]);
}

#[test]
fn what_kafka_streams_wrote_otherwise_is_told() {
    let mut store = store(0);
    let mut batch = RecordBatch::default();
    batch.push(NewRecord { key: Some(b"k"), value: Some(b"value"), timestamp_ms: 0, offset: 4 });
    let told =
        |store: &mut BufferStore<String>, batch: &RecordBatch| StoreObject::restore(store, &mut batch.iter(), 5).unwrap_err().to_string();
    assert!(told(&mut store, &batch).contains("offset 4 of its changelog has no version"));
    batch.push_header(b"v", Some(&[9]));
    assert!(told(&mut store, &batch).contains("is of version [9]"));
    batch.push_header(b"v", Some(&[3]));
    assert!(told(&mut store, &batch).contains("ends too early"));
    assert_eq!(StoreObject::position(&store), None);
}

/// Or a crash between the two acknowledgements would lose the row and its result.
#[test]
fn the_changelog_hears_of_what_has_left_after_its_result() {
    for cache in [0, 1 << 20] {
        let (mut store, mut out, mut key) = (store(cache), ProduceBatch::default(), Vec::new());
        put(&mut store, "a", 1, "v");
        put(&mut store, "b", 2, "v");
        StoreObject::flush_quietly(&mut store, &mut out).unwrap();
        store.take_first(&mut key).unwrap().unwrap();
        store.take_first(&mut key).unwrap().unwrap();
        StoreObject::flush_quietly(&mut store, &mut out).unwrap();
        assert_eq!(out.iter().filter(|(_, _, record)| record.value.is_none()).count(), 0, "cache {cache}");
        // One that comes again before the changelog was told stays.
        put(&mut store, "b", 3, "v");
        StoreObject::flush_quietly(&mut store, &mut out).unwrap();
        assert!(StoreObject::flush_gone(&mut store, &mut out) && !StoreObject::flush_gone(&mut store, &mut out));
        let gone: Vec<_> = out.iter().filter(|(_, _, record)| record.value.is_none()).map(|(_, _, record)| record.key).collect();
        assert_eq!(gone, [Some(&b"a"[..])], "cache {cache}");
    }
}

proptest! {
    #[test]
    fn a_changelog_gives_the_buffer_back(
        ops in prop::collection::vec((prop::option::weighted(0.8, "[a-d]{1,2}"), 0i64..9, "[a-z]{0,4}", any::<bool>()), 0..60),
        cache in prop_oneof![Just(0), Just(1 << 20)],
    ) {
        let mut written = store(cache);
        let mut out = ProduceBatch::default();
        let mut key = Vec::new();
        for (put_key, time_ms, value, flush) in ops {
            match put_key {
                Some(key) => put(&mut written, &key, time_ms, &value),
                None => drop(written.take_first(&mut key).unwrap()),
            }
            if flush {
                StoreObject::flush_quietly(&mut written, &mut out).unwrap();
                if time_ms % 2 == 0 {
                    StoreObject::flush_gone(&mut written, &mut out);
                }
            }
        }
        StoreObject::flush_quietly(&mut written, &mut out).unwrap();
        StoreObject::flush_gone(&mut written, &mut out);
        let mut log = RecordBatch::default();
        out.iter().for_each(|(_, _, record)| log.push_ref(record));
        let mut restored = store(cache);
        // In two pieces, as a restore reads it.
        let half = log.len() / 2;
        StoreObject::restore(&mut restored, &mut log.iter().take(half), half as i64).unwrap();
        StoreObject::restore(&mut restored, &mut log.iter().skip(half), log.len() as i64).unwrap();
        restored.open(true, true).unwrap();
        prop_assert_eq!((restored.len(), restored.bytes(), restored.first_ms()), (written.len(), written.bytes(), written.first_ms()));
        prop_assert_eq!(restored.first_arrival_ms(), written.first_arrival_ms());
        prop_assert_eq!(drain(&mut restored), drain(&mut written));
    }
}
