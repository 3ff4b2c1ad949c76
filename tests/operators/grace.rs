//! Joins of a stream with a table that has a history, with a grace period.

use super::*;

topology! {
    fn inner() -> Inner {
        let rates: Table<String, String> = table("rates").versioned(millis(1_000));
        let orders: Stream<Text, Text> = stream("orders");
        let priced = orders.join(rates, |order, rate| format!("{order}:{rate}")).grace(millis(40));
        priced.to("priced");
    }

    fn left() -> LeftJoined {
        let rates: Table<String, String> = table("rates").versioned(millis(1_000));
        let orders: Stream<Text, Text> = stream("orders");
        let priced = orders.left_join(rates, |order, rate| format!("{order}:{}", rate.map_or("-", String::as_str))).grace(millis(40));
        priced.to("priced");
    }

    fn rekeyed(wait_ms: u64) -> Rekeyed {
        let rates: Table<String, String> = table("rates").versioned(minutes(1));
        let loud = rates.filter(|_, rate| rate != "none").map_values(|rate| rate.to_uppercase());
        let orders: Stream<String, String> = stream("orders");
        orders
            .select_key(|_, order| order[..1].to_owned())
            .try_join(loud, |key, order, rate| if order.ends_with('!') { Err(format!("{key} fails")) } else { Ok(format!("{key}={order}:{rate}")) })
            .grace(millis(*wait_ms))
            .named("held")
            .to("priced");
    }
}

topology! {
    fn looks_back(history_ms: u64, grace_ms: u64) -> LooksBack {
        let rates: Table<String, String> = table("rates").versioned(millis(*history_ms));
        let loud = rates.map_values(|rate| rate.to_uppercase());
        let orders: Stream<String, String> = stream("orders");
        let priced = orders.join(loud, |order, rate| format!("{order}:{rate}")).grace(millis(*grace_ms));
        priced.to("priced");
    }
}

#[test]
fn a_history_shorter_than_the_grace_does_not_start() {
    let problem = TestDriver::new(looks_back(10, 11)).err().unwrap().to_string();
    assert!(problem.contains("of `priced`") && problem.contains("10 ms is shorter than this grace, which is 11 ms"), "{problem}");
    assert!(TestDriver::new(looks_back(10, 10)).is_ok());
}

fn send(driver: &TestDriver, topic: &str, records: &[(&str, &str, i64)]) {
    for (key, value, timestamp_ms) in records {
        pipe(driver, topic, &[(Some(key), (*value != "-").then_some(*value), *timestamp_ms)]);
    }
}

#[test]
fn records_wait_until_the_stream_time_has_passed_theirs_by_the_grace() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(inner()).cache_max_bytes(cache_max_bytes).build().unwrap();
        send(&driver, "rates", &[("b", "old", 0), ("a", "old", 0)]);
        send(&driver, "orders", &[("b", "1", 100), ("a", "2", 100), ("a", "3", 90), ("b", "4", 100), ("a", "5", 139)]);
        assert_eq!(read(&driver, "priced"), ["a=3:old@90"]);
        // The table hears of a change before them in time.
        send(&driver, "rates", &[("b", "new", 95)]);
        send(&driver, "orders", &[("c", "6", 140)]);
        // In order of time, key and arrival, with their own times and headers.
        let expected = [("a=2:old@100", "100"), ("b=1:new@100", "100"), ("b=4:new@100", "100")];
        assert_eq!(shown(&driver, "priced"), expected.map(|(result, trace)| (result.to_owned(), trace.to_owned())));
        // Without a row there is no result.
        send(&driver, "orders", &[("x", "7", 300)]);
        assert_eq!(read(&driver, "priced"), ["a=5:old@139"]);
        assert_eq!(driver.dropped(), 0);
    }
}

#[test]
fn what_is_late_is_joined_at_once_and_what_is_dropped_moves_no_time() {
    let driver = driver(inner());
    send(&driver, "rates", &[("a", "r", 0)]);
    pipe(&driver, "orders", &[(Some("a"), Some("1"), 100), (Some("a"), None, 900), (None, Some("2"), 900)]);
    assert_eq!((read(&driver, "priced"), driver.dropped()), (vec![], 2));
    send(&driver, "orders", &[("a", "3", 59), ("a", "4", 60)]);
    // The one at 60 has waited long enough when it comes.
    assert_eq!(read(&driver, "priced"), ["a=3:r@59", "a=4:r@60"]);
    send(&driver, "orders", &[("a", "5", 61), ("a", "6", 101)]);
    assert_eq!(read(&driver, "priced"), ["a=5:r@61"]);
}

/// Kafka Streams ends with an error there.
#[test]
fn a_left_join_has_a_result_for_a_null_key_at_once() {
    let driver = driver(left());
    pipe(&driver, "orders", &[(None, Some("1"), 500), (Some("a"), Some("2"), 100), (Some("a"), Some("3"), 140), (None, None, 141)]);
    assert_eq!(read(&driver, "priced"), ["-=1:-@500", "a=2:-@100"]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn the_changelog_has_kafka_streams_bytes() {
    let driver = driver(inner());
    let mut headers = Headers::default();
    headers.add("h", Some(b"x"));
    let record = RawRecord {
        topic: "orders".into(),
        key: Some(b"a".to_vec()),
        value: Some(b"val".to_vec()),
        timestamp_ms: 0x0102,
        headers: headers.clone(),
    };
    driver.pipe_raw(record).unwrap();
    let held = driver.read_raw("test-priced-Buffer-changelog").unwrap();
    assert_eq!(held.key.as_deref(), Some(&[0, 0, 0, 0, 0, 0, 0, 1, 2, b'a', 0, 0, 0, 1][..]));
    let int = |n: i32| n.to_be_bytes().to_vec();
    let context = [0x0102i64.to_be_bytes().to_vec(), 0i64.to_be_bytes().to_vec(), int(6), b"orders".to_vec(), int(0)].concat();
    let values = [int(1), int(1), b"h".to_vec(), int(1), b"x".to_vec(), int(-1), int(-1), int(3), b"val".to_vec(), vec![0; 8]].concat();
    assert_eq!(held.value, Some([context, values].concat()));
    send(&driver, "orders", &[("b", "2", 1_000)]);
    let (_, gone) = (driver.read_raw("test-priced-Buffer-changelog").unwrap(), driver.read_raw("test-priced-Buffer-changelog").unwrap());
    assert_eq!((gone.key, gone.value), (held.key, None));
}

#[test]
fn a_changed_key_is_repartitioned_and_a_record_that_fails_is_told_as_it_was() {
    let driver = TestDriver::builder(rekeyed(20)).on_process_error(OnError::DeadLetter("dead".into())).build().unwrap();
    send(&driver, "rates", &[("o", "eur", 10), ("p", "none", 10)]);
    send(&driver, "orders", &[("1", "one", 30), ("2", "out!", 31), ("3", "pear", 32)]);
    assert!(driver.read_raw("test-held-repartition").is_some());
    assert_eq!(read(&driver, "priced"), [""; 0]);
    send(&driver, "orders", &[("4", "odd", 60)]);
    assert_eq!(read(&driver, "priced"), ["o=o=one:EUR@30"]);
    let dead = driver.read_raw("dead").unwrap();
    assert_eq!((dead.key.as_deref(), dead.value.as_deref(), dead.timestamp_ms), (Some(&b"o"[..]), Some(&b"out!"[..]), 31));
    let header = |name: &str| dead.headers.last(name).flatten().map(|value| String::from_utf8(value.to_vec()).unwrap());
    assert_eq!((header("trace").as_deref(), header("__streams.errors.offset").as_deref()), (Some("31"), Some("1")));
    assert_eq!(header("__streams.errors.topic").as_deref(), Some("test-held-repartition"));
}

#[test]
fn what_is_held_and_the_stream_time_come_back_after_a_restart() {
    let driver = driver(inner());
    send(&driver, "rates", &[("a", "r", 0)]);
    send(&driver, "orders", &[("a", "1", 100), ("a", "2", 100), ("b", "3", 90), ("a", "4", 120)]);
    driver.restart().unwrap();
    // Older than the stream time less the grace, so it is late.
    send(&driver, "orders", &[("a", "5", 79)]);
    assert_eq!(read(&driver, "priced"), ["a=5:r@79"]);
    send(&driver, "orders", &[("a", "6", 100), ("a", "7", 160)]);
    let expected = [("a=1:r@100", "100"), ("a=2:r@100", "100"), ("a=6:r@100", "100"), ("a=4:r@120", "120")];
    assert_eq!(shown(&driver, "priced"), expected.map(|(result, trace)| (result.to_owned(), trace.to_owned())));
}
