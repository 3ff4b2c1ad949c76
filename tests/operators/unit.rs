//! `()`: one key for everything, and values that only say that a key is there.

use std::collections::BTreeMap;

use streams_runtime::prelude::*;
use streams_test::{RawRecord, TestDriver};

use super::{driver, pipe, read};

topology! {
    fn everything() -> Everything {
        let input: Stream<String, String> = stream("in");
        let all: Table<(), u64> = input.group_by(|_, _| ()).count();
        all.to_stream().to("count");
        let grouped = input.group_by(|_, _| ());
        let windows: Table<Windowed<()>, u64> = grouped.windowed_by(tumbling(millis(10)).grace(millis(0))).count();
        windows.to_stream().map(|key, n| (key.window.start_ms, *n)).to("windows");
        let hops: Table<Windowed<()>, u64> = grouped.windowed_by(hopping(millis(10), millis(5)).grace(millis(0))).count();
        hops.to_stream().map(|key, n| (key.window.start_ms, *n)).to("hops");
        let slides: Table<Windowed<()>, u64> = grouped.windowed_by(sliding(millis(10)).grace(millis(0))).count();
        slides.to_stream().map(|key, n| (key.window.start_ms, *n)).to("slides");
        let visits: Table<Windowed<(), SessionWindow>, u64> = grouped.windowed_by(sessions(millis(10)).grace(millis(0))).count();
        visits.to_stream().map(|key, n| (key.window.start_ms, *n)).to("visits");
        let longest: Table<(), String> = grouped.reduce(|a, b| if b.len() > a.len() { b.clone() } else { a.clone() });
        longest.to_stream().to("longest");
        let again = input.filter(|_, _| true).group_by(|_, _| ());
        let both: Table<(), u64> = grouped.cogroup(|_, _, n: u64| n + 1).cogroup(again, |_, _, n| n + 10).aggregate(|| 0);
        both.to_stream().to("both");
    }

    fn read_back() -> ReadBack {
        let counts: Table<(), u64> = table("counts");
        let all: GlobalTable<(), u64> = global_table("global");
        let input: Stream<(), String> = stream("in");
        input.join(counts, |text, n| format!("{text}{n}")).join(all, |_, _| (), |text, n| format!("{text}{n}")).to("out");
    }

    fn sets() -> Sets {
        let asked: Stream<String, String> = stream("asked");
        let input: Stream<String, Option<String>> = stream("in");
        let set: Table<String, ()> = input.map_values(|text| text.as_ref().map(|_| ())).to_table();
        set.to_stream().to("set");
        let size: Table<(), u64> = set.group_by(|_, ()| ((), ())).count();
        size.to_stream().to("size");
        asked.join(set, |text, ()| text.clone()).to("known");
        let pairs: Table<String, ()> = set.join(set, |(), ()| ());
        pairs.to_stream().to("pairs");
        let units = input.map_values(|_| ());
        let both = units.join(units, |(), ()| (), within(millis(0)).grace(millis(0)));
        both.to("joined");
        let sessions: Table<Windowed<String, SessionWindow>, ()> =
            input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(0))).aggregate(|| (), |_, _, ()| (), |_, (), ()| ());
        sessions.to_stream().map(|key, there| (key.key.clone(), there.is_some().to_string())).to("visits");
        let days: Table<Windowed<String>, ()> =
            input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(0))).aggregate(|| (), |_, _, ()| ());
        days.to_stream().map(|key, there| (key.key.clone(), there.is_some().to_string())).to("days");
        let past: Table<String, ()> = input.map_values(|text| text.as_ref().map(|_| ())).to_table().versioned(millis(100));
        asked.join(past, |text, ()| text.clone()).to("known_then");
        let counted: Table<String, u64> = input.map(|key, _| (key.clone(), ())).group_by_key().count();
        counted.to_stream().to("counted");
    }

    fn seen_once() -> SeenOnce {
        let seen: KeyValueStore<String, ()> = key_value_store();
        let input: Stream<String, String> = stream("in");
        input.process(Once, seen).to("out");
    }
}

struct Once;

impl Processor<String, String> for Once {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, ()>;

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        if cx.store(cx.stores).put_if_absent(record.key, ())?.is_none() {
            out.forward(cx, record.key, record.value);
        }
        Ok(())
    }
}

fn last<V>(driver: &TestDriver, topic: &str) -> Option<V>
where
    V: streams_runtime::codec::StreamData<Stored = V, Present = V> + Clone + Send + Sync + 'static,
{
    driver.output::<Option<()>, V>(topic).read_all().pop().map(|record| record.value)
}

const CACHES: [usize; 3] = [0, 300, 1 << 20];

#[test]
fn all_records_are_one_group() {
    for cache in CACHES {
        let driver = TestDriver::builder(everything()).cache_max_bytes(cache).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("b"), Some("xyz"), 2)]);
        driver.restart().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("xy"), 4)]);
        driver.commit().unwrap();
        assert_eq!(last::<u64>(&driver, "count"), Some(3));
        assert_eq!(last::<u64>(&driver, "both"), Some(33));
        assert_eq!(last::<String>(&driver, "longest"), Some("xyz".to_owned()));
        let windows = |topic: &str| driver.output::<i64, Option<u64>>(topic).read_pairs().into_iter().collect::<BTreeMap<_, _>>();
        assert_eq!(windows("windows"), [(0, Some(3))].into());
        assert_eq!(windows("hops"), [(0, Some(3))].into());
        assert_eq!(windows("slides").values().max(), Some(&Some(3)));
        assert_eq!(windows("visits").values().max(), Some(&Some(3)));
        assert_eq!(driver.store(Everything::ALL).unwrap().get(&()), Some(3));
        assert_eq!(driver.dropped(), 0);
    }
}

#[test]
fn a_record_without_a_key_is_the_row_of_unit() {
    let driver = driver(read_back());
    for (topic, key, n) in [("counts", None, 4u64), ("global", Some(vec![]), 5)] {
        driver
            .pipe_raw(RawRecord {
                topic: topic.into(),
                key,
                value: Some(n.to_be_bytes().to_vec()),
                timestamp_ms: 1,
                headers: Headers::default(),
            })
            .unwrap();
    }
    driver.restart().unwrap();
    pipe(&driver, "in", &[(None, Some("n"), 2), (Some(""), Some("e"), 3)]);
    assert_eq!(read(&driver, "out"), ["-=n45@2", "-=e45@3"]);
    assert_eq!(driver.dropped(), 0);
}

#[test]
fn a_set_has_its_members() {
    for cache in CACHES {
        let driver = TestDriver::builder(sets()).cache_max_bytes(cache).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("b"), Some("1"), 2), (Some("a"), Some("2"), 3)]);
        driver.commit().unwrap();
        driver.restart().unwrap();
        pipe(&driver, "asked", &[(Some("a"), Some("asked"), 4), (Some("c"), Some("asked"), 5)]);
        assert_eq!(read(&driver, "known"), ["a=asked@4"]);
        assert_eq!(driver.store(Sets::SET).unwrap().all(), [("a".to_owned(), ()), ("b".to_owned(), ())]);
        assert_eq!(read(&driver, "known_then"), ["a=asked@4"]);
        assert_eq!(driver.store(Sets::SIZE).unwrap().get(&()), Some(2));
        // A member is no bytes, one that is gone a null.
        read(&driver, "set");
        let pairs = read(&driver, "pairs");
        assert!(pairs.iter().any(|pair| pair.starts_with("b=@")), "{pairs:?}");
        pipe(&driver, "in", &[(Some("a"), None, 6)]);
        driver.commit().unwrap();
        assert_eq!(read(&driver, "set"), ["a=-@6"]);
        assert_eq!(driver.store(Sets::SET).unwrap().all(), [("b".to_owned(), ())]);
        assert_eq!(driver.store(Sets::SIZE).unwrap().get(&()), Some(1));
        assert_eq!(read(&driver, "joined"), ["a=@1", "b=@2", "a=@3", "a=@6"]);
        assert_eq!(driver.store(Sets::COUNTED).unwrap().get("a"), Some(3));
        assert!(read(&driver, "visits").iter().any(|visit| visit.starts_with("b=true")));
        assert!(read(&driver, "days").iter().any(|day| day.starts_with("b=true")));
    }
}

#[test]
fn a_store_of_units_remembers() {
    let driver = driver(seen_once());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("a"), Some("2"), 2)]);
    driver.restart().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("3"), 3), (Some("b"), Some("4"), 4)]);
    assert_eq!(read(&driver, "out"), ["a=1@1", "b=4@4"]);
}

#[test]
fn a_key_of_unit_is_a_null_outside() {
    let driver = driver(everything());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1)]);
    let count = driver.read_raw("count").unwrap();
    assert_eq!((count.key, count.value), (None, Some(1u64.to_be_bytes().to_vec())));
    let inside: Vec<RawRecord> = std::iter::from_fn(|| driver.read_raw("test-all-repartition")).collect();
    assert!(inside.iter().all(|record| record.key.as_deref() == Some(&[][..])), "{inside:?}");
}
