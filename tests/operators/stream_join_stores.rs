//! What joins of two streams keep: names and bytes of their stores, and what is there after a restart.

use std::collections::HashMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex};

use streams_runtime::plan::{StoreKind, TopologyPlan};
use streams_runtime::stores::{BackendBatch, KeyValueBackend, MemoryBackend, StoreContext, StoreError, StoreFactory};

use super::stream_join::{inner, itself, lefts, outer};
use super::*;

/// What a changelog holds, in hexadecimal digits.
fn bytes(driver: &TestDriver, store: &str) -> Vec<String> {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut rows = Vec::new();
    while let Some(record) = driver.read_raw(&format!("test-{store}-changelog")) {
        let value = record.value.map_or("null".to_owned(), hex);
        rows.push(format!("{} = {value} @{}", record.key.map(hex).unwrap_or_default(), record.timestamp_ms));
    }
    rows
}

/// The bytes are those that Kafka Streams 4.3.1 wrote for these records. It writes the last two the other way round: here a deletion waits until the
/// result is acknowledged.
#[test]
fn stores_and_changelogs_have_the_names_and_bytes_of_kafka_streams() {
    let driver = driver(outer());
    pipe(&driver, "left", &[(Some("a"), Some("x1"), 10), (Some("a"), Some("x2"), 10)]);
    pipe(&driver, "right", &[(Some("a"), Some("y"), 20), (Some("b"), Some("z"), 30)]);
    pipe(&driver, "left", &[(Some("c"), Some("q"), 300)]);
    assert_eq!(read(&driver, "out"), ["a=x1y@20", "a=x2y@20", "b=nonez@30"]);
    let expected =
        ["61000000000000000a00000001 = 7831 @10", "61000000000000000a00000002 = 7832 @10", "63000000000000012c00000003 = 71 @300"];
    assert_eq!(bytes(&driver, "j-outer-this-join-store"), expected);
    let expected = ["61000000000000001400000001 = 79 @20", "62000000000000001e00000002 = 7a @30"];
    assert_eq!(bytes(&driver, "j-outer-other-join-store"), expected);
    let expected = [
        "000000000000000a0161 = 010000000100000003017831 @10",
        "000000000000000a0161 = 01000000020000000301783100000003017832 @10",
        "000000000000000a0161 = null @20",
        "000000000000001e0062 = 010000000100000002007a @30",
        "000000000000012c0163 = 0100000001000000020171 @300",
        "000000000000001e0062 = null @300",
    ];
    assert_eq!(bytes(&driver, "j-outer-shared-join-store"), expected);
}

#[test]
fn the_plan_names_the_stores_as_kafka_streams_does() {
    let stores = |topology: &dyn Fn() -> TopologyPlan| {
        topology().sub_topologies[0].stores.iter().map(|store| (store.name.clone(), store.kind)).collect::<Vec<_>>()
    };
    let side = |name: &str, retention_ms| (name.to_owned(), StoreKind::JoinWindow { retention_ms });
    let waiting = |name: &str| (name.to_owned(), StoreKind::Buffer);
    assert_eq!(stores(&|| inner().plan()), [side("j-this-join-store", 25), side("j-other-join-store", 25)]);
    let expected = [side("j-this-join-store", 110), side("j-outer-other-join-store", 110), waiting("j-left-shared-join-store")];
    assert_eq!(stores(&|| lefts().plan()), expected);
    let expected = [side("j-outer-this-join-store", 110), side("j-outer-other-join-store", 110), waiting("j-outer-shared-join-store")];
    assert_eq!(stores(&|| outer().plan()), expected);
    assert_eq!(
        stores(&|| itself().plan()),
        [side("once-this-join-store", 45), side("twice-this-join-store", 45), side("twice-other-join-store", 45)]
    );
    assert_eq!(inner().plan().sub_topologies[0].copartitioned, [vec![0, 1]]);
}

/// Stores that outlive a driver.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<HashMap<String, Arc<Mutex<MemoryBackend>>>>>);

#[derive(Debug)]
struct KeptBackend(Arc<Mutex<MemoryBackend>>);

impl StoreFactory for Kept {
    fn key_value(&self, context: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        let mut kept = self.0.lock().unwrap();
        Ok(Box::new(KeptBackend(Arc::clone(kept.entry(context.store.to_owned()).or_default()))))
    }
}

impl KeyValueBackend for KeptBackend {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        self.0.lock().unwrap().get(key, out)
    }
    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.0.lock().unwrap().range(from, to, visit)
    }
    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        self.0.lock().unwrap().write(batch)
    }
    fn position(&self) -> Option<i64> {
        self.0.lock().unwrap().position()
    }
    fn clear(&mut self) -> Result<(), StoreError> {
        self.0.lock().unwrap().clear()
    }
}

#[test]
fn what_a_backend_keeps_is_there_after_a_restart_also_what_waits() {
    let kept = Kept::default();
    let start = || TestDriver::builder(outer()).stores(kept.clone()).build().unwrap();
    let before = start();
    pipe(&before, "left", &[(Some("a"), Some("1"), 110), (Some("a"), Some("2"), 110), (Some("b"), Some("3"), 112)]);
    pipe(&before, "left", &[(Some("old"), Some("4"), 100)]);
    pipe(&before, "right", &[(Some("b"), Some("x"), 113), (Some("c"), Some("y"), 114)]);
    assert_eq!(read(&before, "out"), ["b=3x@113"]);
    drop(before);

    let after = start();
    // The stream time went on: the window of this one has ended.
    pipe(&after, "left", &[(Some("d"), Some("5"), 63)]);
    pipe(&after, "right", &[(Some("a"), Some("z"), 114), (Some("b"), Some("w"), 114)]);
    assert_eq!(read(&after, "out"), ["d=5none@63", "a=1z@114", "a=2z@114", "b=3w@114"]);
    pipe(&after, "left", &[(Some("e"), Some("6"), 300)]);
    assert_eq!(read(&after, "out"), ["old=4none@100", "c=noney@114"]);
    // Rows out of retention are gone from the backends too.
    let rows = |store: &str| {
        let mut count = 0;
        let backend = Arc::clone(&kept.0.lock().unwrap()[store]);
        let all = backend.lock().unwrap().range(Bound::Unbounded, Bound::Unbounded, &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        });
        all.unwrap();
        count
    };
    assert_eq!((rows("j-outer-this-join-store"), rows("j-outer-other-join-store"), rows("j-outer-shared-join-store")), (1, 4, 1));
}
