//! The driver over topics with several partitions.

#![allow(clippy::unwrap_used)]

use streams_runtime::partition::partition_for_key;
use streams_runtime::prelude::*;
use streams_test::{DriverError, RawRecord, TestDriver};

topology! {
    fn copy() -> Copied {
        let input: Stream<Option<String>, String> = stream("in");
        input.to("out");
    }
}

topology! {
    fn windows() -> Windows {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(0))).count();
        let visits: Table<Windowed<String, SessionWindow>, u64> = views.group_by_key().windowed_by(sessions(millis(5)).grace(millis(0))).count();
        counts.to_stream().to("counts");
        visits.to_stream().to("visits");
    }
}

topology! {
    fn chosen() -> Chosen {
        let input: Stream<String, String> = stream("in");
        let placed = input.repartition().partitions(4).partitioned_by(|_, v, _| v.parse::<u32>().unwrap_or(99)).named("placed");
        let seen: Table<String, u64> = placed.group_by_key().count();
        seen.to_stream().to("seen");
        placed.to("out").partitioned_by(|_, _, partitions| vec![0, partitions - 1]);
    }
}

topology! {
    fn orders() -> Orders {
        let orders: Table<u64, String> = table("orders").partitions(3);
        let users: Table<String, String> = table("users").partitions(5);
        let known: Table<u64, String> = orders.left_join(users, |order| order.clone(), |order, user| format!("{order}:{}", user.map_or("-", String::as_str)));
        known.to_stream().to("known");
        let prices: Table<String, String> = table("prices").versioned(minutes(1));
        prices.to_stream().to("priced");
    }
}

topology! {
    fn joined() -> Joined {
        let clicks: Stream<String, String> = stream("clicks");
        let users: Table<String, String> = table("users");
        let by_user = clicks.select_key(|_, user| user.clone());
        let paired = by_user.left_join(users, |click, user| format!("{click}:{}", user.map_or("-", String::as_str)));
        paired.to("out");
        let logs: Stream<String, String> = stream(pattern("log-.*"));
        logs.to("logs");
    }
}

fn raw(topic: &str, key: Option<&str>, value: &str) -> RawRecord {
    let key = key.map(|key| key.as_bytes().to_vec());
    RawRecord { topic: topic.into(), key, value: Some(value.as_bytes().to_vec()), timestamp_ms: 7, headers: Headers::default() }
}

#[test]
fn records_go_where_their_keys_belong_and_stay_there() {
    let driver = TestDriver::builder(copy()).partitions(3).build().unwrap();
    let input = driver.input::<Option<String>, str>("in").unwrap();
    for key in ["a", "b", "c", "d", "e"] {
        input.pipe(Some(key.to_owned()), key).unwrap();
        let out = driver.output::<String, String>("out").read().unwrap();
        assert_eq!((out.key.as_str(), out.partition), (key, partition_for_key(key.as_bytes(), 3)));
    }
    // Without a key, to all in turn.
    for value in ["1", "2", "3", "4"] {
        input.pipe(None, value).unwrap();
    }
    let parts: Vec<i32> = driver.take_outputs_with_partitions().into_iter().map(|(partition, _)| partition).collect();
    assert_eq!(parts, [0, 1, 2, 0]);
    driver.pipe_raw(raw("in", Some("e"), "x")).unwrap();
    driver.pipe_raw_into(1, raw("in", Some("e"), "y")).unwrap();
    let read = |partition| driver.output::<String, String>("out").partition(partition).read_pairs().len();
    // The sink goes by the key again, wherever the record came from.
    assert_eq!(read(partition_for_key(b"e", 3)), 2);
    for partition in [3, -1] {
        let error = driver.pipe_raw_into(partition, raw("in", None, "x")).unwrap_err();
        assert!(matches!(error, DriverError::NoPartition { partitions: 3, .. }), "{error}");
    }
    input.pipe(None, "goes on").unwrap();
}

/// A key of one letter that belongs to the partition, of four.
fn key_of(partition: i32) -> String {
    (b'a'..=b'z').find(|&letter| partition_for_key(&[letter], 4) == partition).map(|letter| char::from(letter).to_string()).unwrap()
}

#[test]
fn every_task_has_a_stream_time_and_stores_of_its_own() {
    let driver = TestDriver::builder(windows()).partitions(4).build().unwrap();
    let views = driver.input::<str, str>("views").unwrap();
    let keys: Vec<String> = (0..4).map(key_of).collect();
    let [first, .., last] = &keys[..] else { unreachable!() };
    for (at, key) in (1..).zip(&keys) {
        views.pipe_at(key.as_str(), "v", at * 100).unwrap();
        views.pipe_at(key.as_str(), "v", at * 100 - 50).unwrap();
    }
    // In each task the second record is late, for the window and for the session; on one stream
    // time it would be so later as well.
    assert_eq!(driver.dropped(), 8);
    views.pipe_at(first.as_str(), "v", 101).unwrap();
    assert_eq!(driver.dropped(), 8);
    let counts = driver.window_store(Windows::COUNTS).unwrap();
    let fetched = (counts.fetch(first.as_str(), 100), counts.fetch(last.as_str(), 400), counts.fetch(last.as_str(), 100));
    assert_eq!(fetched, (Some(2), Some(1), None));
    let all: Vec<(String, i64)> = counts.all_with_timestamps().into_iter().map(|(key, start_ms, ..)| (key, start_ms)).collect();
    let mut expected: Vec<(String, i64)> = keys.iter().cloned().zip([100, 200, 300, 400]).collect();
    expected.sort();
    assert_eq!(all, expected);
    let visits = driver.session_store(Windows::VISITS).unwrap();
    assert_eq!(visits.fetch(first.as_str()), [(SessionWindow { start_ms: 100, end_ms: 101 }, 2)]);
    assert_eq!(visits.all().len(), 4);
    // Results with windows in their keys are where the keys inside belong.
    for topic in ["counts", "visits"] {
        for (partition, key) in (0..).zip(&keys) {
            let of_partition = driver.output::<Vec<u8>, Option<u64>>(topic).partition(partition);
            assert!(of_partition.read_all().iter().all(|record| record.partition == partition && record.key[..1] == *key.as_bytes()));
        }
        assert!(driver.read_raw(topic).is_none());
    }
    driver.restart().unwrap();
    assert_eq!(driver.session_store(Windows::VISITS).unwrap().partition(0).all().len(), 1);
    // The stream time of each task is that of its own store: this is late in the last task and on
    // time in the first.
    views.pipe_at(first.as_str(), "v", 102).unwrap();
    assert_eq!((driver.dropped(), counts.fetch(first.as_str(), 100)), (8, Some(3)));
}

#[test]
fn one_partition_that_is_asked_for_has_one_stream_time_for_each_part() {
    topology! {
        fn late() -> Late {
            let input: Stream<String, String> = stream("in");
            let counts: Table<Windowed<String>, u64> =
                input.group_by(|_, v| v.clone()).windowed_by(tumbling(millis(10)).grace(millis(0))).count();
            counts.to_stream().filter(|_, _| false).to("out");
            let other: Stream<String, String> = stream("other");
            other.to("out2");
        }
    }
    let dropped = |driver: TestDriver| {
        driver.input::<str, str>("other").unwrap().pipe_at("k", "v", 500).unwrap();
        driver.input::<str, str>("in").unwrap().pipe_at("k", "v", 5).unwrap();
        (driver.dropped(), driver.window_store(Late::COUNTS).unwrap().all_with_timestamps().len())
    };
    let builder = TestDriver::builder(late()).partitions(1);
    assert_eq!(dropped(builder.build().unwrap()), (0, 1));
    // As in Kafka's driver; operators there go by the records that they have seen themselves.
    assert_eq!(dropped(TestDriver::new(late()).unwrap()), (0, 1));
}

#[test]
fn partitions_are_chosen_by_closures() {
    for driver in [TestDriver::new(chosen()).unwrap(), TestDriver::builder(chosen()).partitions(2).build().unwrap()] {
        let input = driver.input::<str, str>("in").unwrap();
        input.pipe("k", "0").unwrap();
        input.pipe("k", "3").unwrap();
        input.pipe("k", "3").unwrap();
        let raw: Vec<i32> = driver.output::<String, String>("test-placed-repartition").read_all().iter().map(|r| r.partition).collect();
        assert_eq!(raw, [0, 3, 3]);
        // One key in two tasks has two rows; that of its own partition comes first.
        let seen = driver.store(Chosen::SEEN).unwrap();
        assert_eq!(seen.all(), [("k".to_owned(), 1), ("k".to_owned(), 2)]);
        assert_eq!(seen.get("k"), Some(1));
        assert_eq!(driver.store(Chosen::SEEN).unwrap().partition(3).get("k"), Some(2));
        assert_eq!(driver.store(Chosen::SEEN).unwrap().partition(7).get("k"), None);
        let error = input.pipe("k", "-1").unwrap_err().to_string();
        assert!(error.contains("`partitioned_by` gave partition 99 of a topic with 4 partitions"), "{error}");
    }
    let driver = TestDriver::builder(chosen()).partitions_of("out", 6).build().unwrap();
    driver.input::<str, str>("in").unwrap().pipe("k", "2").unwrap();
    let out: Vec<i32> = driver.output::<String, String>("out").read_all().iter().map(|r| r.partition).collect();
    assert_eq!(out, [0, 5]);
}

#[test]
fn foreign_key_joins_cross_partitions_and_come_back() {
    for cache in [0, 1 << 20] {
        let driver = TestDriver::builder(orders()).cache_max_bytes(cache).build().unwrap();
        let (orders, users) = (driver.input::<u64, str>("orders").unwrap(), driver.input::<str, Option<String>>("users").unwrap());
        let prices = driver.input::<str, str>("prices").unwrap();
        for n in 0..9u64 {
            orders.pipe_at(n, format!("u{}", n % 4), 10).unwrap();
            users.pipe_at(format!("u{n}").as_str(), Some(format!("U{n}")), 20).unwrap();
            prices.pipe_at(format!("p{n}").as_str(), "1", 30).unwrap();
        }
        driver.commit().unwrap();
        driver.restart().unwrap();
        users.pipe_at("u1", None, 40).unwrap();
        driver.commit().unwrap();
        let known = driver.store(Orders::KNOWN).unwrap().all();
        let expected = |n: u64| format!("u{}:{}", n % 4, if n % 4 == 1 { "-".to_owned() } else { format!("U{}", n % 4) });
        assert_eq!(known, (0..9).map(|n| (n, expected(n))).collect::<Vec<_>>());
        let parts: Vec<usize> = (0..3).map(|p| driver.store(Orders::KNOWN).unwrap().partition(p).all().len()).collect();
        assert!(parts.iter().all(|&rows| rows > 0) && parts.iter().sum::<usize>() == 9, "{parts:?}");
        let prices = driver.versioned_store(Orders::PRICES).unwrap();
        assert_eq!((prices.keys().len(), prices.get("p3")), (9, Some(("1".to_owned(), 30))));
    }
}

#[test]
fn what_cannot_start_on_a_broker_does_not_start_here() {
    let started =
        |clicks: i32, users: i32| TestDriver::builder(joined()).partitions_of("clicks", clicks).partitions_of("users", users).build();
    let driver = started(2, 3).unwrap();
    let clicks = driver.input::<str, str>("clicks").unwrap();
    for user in ["ann", "bob", "eve"] {
        driver.input::<str, str>("users").unwrap().pipe(user, "known").unwrap();
        clicks.pipe("x", user).unwrap();
    }
    // The repartition topic has the partitions of the table that it is joined with.
    let out = driver.output::<String, String>("out").read_pairs();
    assert_eq!(out.iter().map(|(_, v)| v.as_str()).collect::<Vec<_>>(), ["ann:known", "bob:known", "eve:known"]);

    let told = |error: DriverError| error.to_string();
    let orders = |n| TestDriver::builder(orders()).partitions_of("orders", n).build();
    assert!(orders(3).is_ok());
    let error = orders(4).unwrap_err();
    assert_eq!(told(error), "the application cannot start:\n  - topic `orders` has 4 partitions, the topology says 3");
    for error in [started(0, 1).unwrap_err(), TestDriver::builder(copy()).partitions(-1).build().unwrap_err()] {
        assert!(told(error).contains("setting `partitions`: "));
    }
}

#[test]
fn topics_that_fit_a_pattern_have_partitions_too() {
    let driver = TestDriver::builder(joined()).partitions(2).partitions_of("log-big", 5).build().unwrap();
    driver.input::<str, str>("log-big").unwrap().partition(4).pipe("k", "v").unwrap();
    driver.input::<str, str>("log-new").unwrap().partition(1).pipe("k", "v").unwrap();
    assert_eq!(driver.output::<String, String>("logs").read_pairs().len(), 2);
    let driver = TestDriver::builder(joined()).partitions(2).build().unwrap();
    assert!(driver.input::<str, str>("log-new").unwrap().partition(1).pipe("k", "v").is_ok());
}

#[test]
fn the_wall_clock_does_not_go_back() {
    let driver = TestDriver::new(copy()).unwrap();
    driver.advance_wall_clock_ms(5).unwrap();
    let error = driver.advance_wall_clock_ms(-3).unwrap_err();
    assert_eq!(error.to_string(), "the wall clock only goes forward, and -3 ms is a step back");
    driver.advance_wall_clock_ms(0).unwrap();
    assert_eq!(driver.wall_clock_ms(), 5);
}
