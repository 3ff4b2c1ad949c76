use streams_runtime::Topology;
use streams_runtime::plan::StoreKind;

use super::*;

topology! {
    fn counted() -> Counted {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).count();
        counts.to_stream().to("out");
    }

    fn hopped(grace_ms: u64) -> Hopped {
        let input: Stream<Text, Text> = stream("in");
        let windows = input.group_by_key().windowed_by(hopping(millis(10), millis(5)).grace(millis(*grace_ms)));
        let texts: Table<Windowed<String>, String> = windows.reduce(|there, v| format!("{there}{}", v.as_deref().unwrap_or("-")));
        let counts: Table<Windowed<String>, u64> = windows.count();
        texts.to_stream().to("texts");
        counts.to_stream().to("counts");
    }

    fn lengths() -> Lengths {
        let input: Stream<Text, Text> = stream("in");
        let lens: Table<Windowed<String>, i64> = input
            .group_by_key()
            .windowed_by(tumbling(millis(10)))
            .try_aggregate(|| 0, |_, v, sum| v.as_ref().map(|v| sum + v.len() as i64).ok_or("null"));
        lens.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("lens");
    }

    fn moved() -> Moved {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(hopping(millis(10), millis(5)).offset(millis(13)).grace(millis(0))).emit_on_close().count();
        counts.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn closed() -> Closed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).emit_on_close().count();
        counts.to_stream().to("out");
    }

    fn regrouped() -> Regrouped {
        let input: Stream<Text, String> = stream("in");
        let per_value: Table<Windowed<String>, u64> =
            input.group_by(|_, v| v.clone()).windowed_by(unlimited().start_on(5)).count().named("per-value");
        per_value.to_stream().to("out");
    }

    fn kept_too_short(ms: u64) -> KeptTooShort {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).count().retention(millis(*ms));
        counts.to_stream().to("out");
    }

    fn impossible(size_ms: u64, advance_ms: u64) -> Impossible {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(hopping(millis(*size_ms), millis(*advance_ms))).count();
        counts.to_stream().to("out");
    }
}

/// Numbers by keys in windows, as `key@start=number@timestamp`.
fn read_windows(driver: &TestDriver, topic: &str) -> Vec<String> {
    let records = driver.output::<Windowed<String>, Option<u64>>(topic).read_all();
    let shown = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
    records.iter().map(|r| format!("{}@{}={}@{}", r.key.key, r.key.window.start_ms, shown(r.value), r.timestamp_ms)).collect()
}

fn read_texts(driver: &TestDriver, topic: &str) -> Vec<String> {
    let records = driver.output::<Windowed<String>, Text>(topic).read_all();
    let shown = |v: &Text| v.as_deref().unwrap_or("-").to_owned();
    records.iter().map(|r| format!("{}@{}={}", r.key.key, r.key.window.start_ms, shown(&r.value))).collect()
}

#[test]
fn each_window_counts_for_itself_and_what_is_late_is_dropped() {
    let driver = driver(counted());
    let records = [(Some("a"), 3), (Some("a"), 12), (Some("a"), 9), (None, 90), (Some("a"), 15), (Some("a"), 9), (Some("b"), 14)];
    for (key, timestamp_ms) in records {
        pipe(&driver, "in", &[(key, Some("x"), timestamp_ms)]);
    }
    // The null key does not move the stream time; 15 closes the first window.
    assert_eq!(read_windows(&driver, "out"), ["a@0=1@3", "a@10=1@12", "a@0=2@9", "a@10=2@15", "b@10=1@14"]);
    assert_eq!(driver.dropped(), 2);
    let store = driver.window_store(Counted::COUNTS).unwrap();
    assert_eq!(store.fetch("a", 0), Some(2));
    assert_eq!(store.fetch("b", 0), None);
    let rows = store.all_with_timestamps();
    assert_eq!(rows, [("a".to_owned(), 0, 2, 9), ("a".to_owned(), 10, 2, 15), ("b".to_owned(), 10, 1, 14)]);
}

#[test]
fn null_values_are_counted() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 4)]);
    assert_eq!(read_windows(&driver, "out"), ["a@0=1@3", "a@0=2@4"]);
    assert_eq!(driver.dropped(), 0);
}

#[test]
fn results_have_the_headers_of_the_record() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), None, 4), (Some("a"), None, 3)]);
    let mut traces = Vec::new();
    while let Some(record) = driver.read_raw("out") {
        traces.push(record.headers.last("trace").flatten().map(<[u8]>::to_vec));
    }
    assert_eq!(traces, [Some(b"4".to_vec()), Some(b"3".to_vec())]);
}

#[test]
fn with_a_cache_the_last_count_of_each_window_goes_on() {
    let driver = TestDriver::builder(counted()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 12), (Some("a"), None, 4)]);
    assert!(read_windows(&driver, "out").is_empty());
    driver.commit().unwrap();
    assert_eq!(read_windows(&driver, "out"), ["a@0=2@4", "a@10=1@12"]);
    // The window of 0 leaves the store, and with the next flush the memory.
    pipe(&driver, "in", &[(Some("a"), None, 40)]);
    driver.commit().unwrap();
    let rows = driver.window_store(Counted::COUNTS).unwrap().all_with_timestamps();
    assert_eq!(rows, [("a".to_owned(), 40, 1, 40)]);
}

#[test]
fn the_changelog_has_the_bytes_of_kafka_streams_and_no_tombstone_for_what_is_old() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), None, 12), (Some("a"), None, 99)]);
    let mut rows = Vec::new();
    while let Some(record) = driver.read_raw("test-counts-changelog") {
        rows.push((record.key.unwrap(), record.value, record.timestamp_ms));
    }
    let row = |start: u8| vec![b'a', 0, 0, 0, 0, 0, 0, 0, start, 0, 0, 0, 0];
    let one = Some(1_u64.to_be_bytes().to_vec());
    assert_eq!(rows, [(row(10), one.clone(), 12), (row(90), one, 99)]);
    assert_eq!(counted().plan().sub_topologies[0].stores[0].kind, StoreKind::Window { retention_ms: 15 });
}

#[test]
fn a_record_goes_into_all_windows_around_it_and_is_dropped_once_for_each_that_is_closed() {
    let driver = driver(hopped(0));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 7), (Some("a"), None, 12), (Some("a"), Some("y"), 8)]);
    // At 12 the window 0 to 10 is closed, for both aggregations.
    assert_eq!(read_texts(&driver, "texts"), ["a@0=x", "a@5=x", "a@5=x-", "a@10=-", "a@5=x-y"]);
    assert_eq!(read_windows(&driver, "counts"), ["a@0=1@7", "a@5=1@7", "a@5=2@12", "a@10=1@12", "a@5=3@12"]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn a_closure_that_fails_leaves_the_row_as_it_was() {
    let driver = TestDriver::builder(lengths()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("xy"), 2), (Some("a"), None, 3), (Some("a"), Some("z"), 4)]);
    assert_eq!(read(&driver, "lens"), ["[a@0/10]=2@2", "[a@0/10]=3@4"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn a_reduction_begins_with_the_first_value_even_if_that_is_null() {
    let driver = driver(hopped(0));
    pipe(&driver, "in", &[(Some("a"), None, 2), (Some("a"), Some("x"), 2), (Some("a"), None, 2)]);
    assert_eq!(read_texts(&driver, "texts"), ["a@0=-", "a@0=x", "a@0=x-"]);
}

#[test]
fn what_closes_together_comes_in_order_of_start_and_key() {
    let driver = driver(closed());
    let times = [("b", 3), ("a", 4), ("b", 11), ("b", 4), ("a", 12)];
    for (key, timestamp_ms) in times {
        pipe(&driver, "in", &[(Some(key), None, timestamp_ms)]);
    }
    assert!(read_windows(&driver, "out").is_empty());
    pipe(&driver, "in", &[(Some("c"), None, 15)]);
    assert_eq!(read_windows(&driver, "out"), ["a@0=1@4", "b@0=2@4"]);
    pipe(&driver, "in", &[(Some("c"), None, 24), (Some("c"), None, 2), (Some("c"), None, 35)]);
    assert_eq!(read_windows(&driver, "out"), ["a@10=1@12", "b@10=1@11", "c@10=1@15", "c@20=1@24"]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn a_jump_of_the_stream_time_loses_no_result() {
    let driver = driver(closed());
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 1_000)]);
    // Kafka Streams has removed the window from its store by then, and sends nothing.
    assert_eq!(read_windows(&driver, "out"), ["a@0=1@3"]);
}

#[test]
fn results_on_close_do_not_wait_for_the_cache() {
    let driver = TestDriver::builder(closed()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 15)]);
    assert_eq!(read_windows(&driver, "out"), ["a@0=1@3"]);
    driver.commit().unwrap();
    assert!(read_windows(&driver, "out").is_empty());
}

#[test]
fn an_unlimited_window_begins_where_it_is_told_to() {
    let driver = driver(regrouped());
    pipe(&driver, "in", &[(None, Some("x"), 4), (None, Some("x"), 5), (None, Some("x"), 1_000_000), (None, Some("x"), 6)]);
    assert_eq!(read_windows(&driver, "out"), ["x@5=1@5", "x@5=2@1000000", "x@5=3@1000000"]);
    assert_eq!(driver.dropped(), 0);
    assert!(Regrouped::DESCRIPTION.contains("per-value-repartition"));
}

#[test]
fn windows_that_cannot_be_do_not_start() {
    let told = |error: Option<DriverError>| error.unwrap().to_string();
    let problem = told(TestDriver::new(kept_too_short(14)).err());
    assert!(problem.contains("`windowed_by` of `counts`") && problem.contains("a retention of 14 ms is too short"), "{problem}");
    assert!(TestDriver::new(kept_too_short(15)).is_ok());
    let problem = told(TestDriver::new(impossible(0, 0)).err());
    assert!(problem.contains("the windows have no size"), "{problem}");
    let problem = told(TestDriver::new(impossible(10, 11)).err());
    assert!(problem.contains("windows of 10 ms advance by 11 ms"), "{problem}");
}

/// 13 ms of an advance of 5 ms are 3 ms: windows begin at 3, 8, 13, …
#[test]
fn windows_can_begin_elsewhere() {
    let driver = driver(moved());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 2), (Some("a"), Some("x"), 3), (Some("a"), Some("x"), 12), (Some("a"), Some("x"), 40)]);
    assert_eq!(read(&driver, "out"), ["[a@3/13]=2@12", "[a@8/18]=1@12"]);
}
