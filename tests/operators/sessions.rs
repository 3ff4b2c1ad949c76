//! Aggregations in sessions.

use streams_runtime::Topology;
use streams_runtime::plan::StoreKind;

use super::*;

type InSession = Windowed<String, SessionWindow>;

topology! {
    fn visits() -> Visits {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<InSession, u64> = input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(5))).count();
        counts.to_stream().to("out");
    }

    fn texts() -> Texts {
        let input: Stream<Text, Text> = stream("in");
        let all: Table<InSession, String> = input
            .group_by_key()
            .windowed_by(sessions(millis(10)).grace(millis(90)))
            .reduce(|there, v| format!("{there}{}", v.as_deref().unwrap_or("-")));
        all.to_stream().to("out");
    }

    fn words() -> Words {
        let input: Stream<String, String> = stream("in");
        let all: Table<InSession, String> = input
            .flat_map_values(|line, out| line.split(' ').for_each(out))
            .group_by_key()
            .windowed_by(sessions(millis(10)).grace(millis(90)))
            .reduce(|there, word| format!("{there}{word}"));
        all.to_stream().to("out");
    }

    fn merged() -> Merged {
        let input: Stream<Text, Text> = stream("in");
        let all: Table<InSession, String> = input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(90))).aggregate(
            || "*".to_owned(),
            |k, v, a| format!("{a}{}{}", k.as_deref().unwrap_or("?"), v.as_deref().unwrap_or("-")),
            |_, a, b| format!("({a}{b})"),
        );
        all.to_stream().to("out");
    }

    fn even() -> Even {
        let input: Stream<Text, Text> = stream("in");
        let sums: Table<InSession, i64> = input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(90))).aggregate(
            || Some(0),
            |_, v, sum| Some(sum.unwrap_or(100) + v.as_ref().map_or(1, |v| v.len() as i64)).filter(|n| n % 2 == 0),
            |_, a, b| Some(a.unwrap_or(100) + b.unwrap_or(100)).filter(|n| n % 5 != 0),
        );
        sums.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn failing() -> Failing {
        let input: Stream<Text, Text> = stream("in");
        let lens: Table<InSession, i64> = input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(90))).try_aggregate(
            || 0,
            |_, v, sum| v.as_ref().map(|v| sum + v.len() as i64).ok_or("null"),
            |_, a, b| if b == 7 { Err("seven") } else { Ok(a + b) },
        );
        lens.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
        let few: Table<InSession, String> = input
            .group_by_key()
            .windowed_by(sessions(millis(10)).grace(millis(90)))
            .try_reduce(|a, b| if a.len() < 3 { Ok(format!("{a}{}", b.as_deref().unwrap_or("-"))) } else { Err("long") });
        few.to_stream().to("few");
    }

    fn closed() -> Closed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<InSession, u64> =
            input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(5))).emit_on_close().count();
        counts.to_stream().to("out");
    }

    fn summed() -> Summed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<InSession, u64> = input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(90))).count();
        let per_key: Table<String, u64> = counts
            .group_by(|k, n| (k.key.clone(), *n))
            .aggregate(|| 0, |_, n, sum| sum + n, |_, n, sum| sum - n)
            .named("per-key");
        per_key.to_stream().to("out");
    }

    fn together() -> Together {
        let clicks: Stream<Text, Text> = stream("clicks");
        let orders: Stream<Text, Text> = stream("orders");
        let clicked: Table<InSession, u64> = clicks.group_by_key().windowed_by(sessions(millis(10)).grace(millis(5))).count();
        let ordered: Table<InSession, u64> = orders.group_by_key().windowed_by(sessions(millis(10)).grace(millis(5))).count();
        clicked.join(ordered, |c, o| c * 100 + o).to_stream().to("out");
        let many = clicked.filter(|_, n| *n > 1);
        many.left_join(ordered, |c, o| c * 100 + o.map_or(0, |o| *o)).to_stream().to("many");
    }

    fn kept(ms: u64, gap_ms: u64) -> Kept {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<InSession, u64> =
            input.group_by_key().windowed_by(sessions(millis(*gap_ms)).grace(millis(5))).count().retention(millis(*ms));
        counts.to_stream().to("out");
    }
}

/// Values by keys in sessions, as `key@start-end=value`, with the timestamp where it is not the end.
fn read_sessions<V>(driver: &TestDriver, topic: &str) -> Vec<String>
where
    V: StreamData<Present = V, Stored = V> + Clone + std::fmt::Display + Send + Sync + 'static,
{
    let records = driver.output::<InSession, Option<V>>(topic).read_all();
    let shown = |n: Option<V>| n.map_or("-".to_owned(), |n| n.to_string());
    records
        .into_iter()
        .map(|r| {
            let SessionWindow { start_ms, end_ms } = r.key.window;
            let at = if r.timestamp_ms == end_ms { String::new() } else { format!("@{}", r.timestamp_ms) };
            format!("{}@{start_ms}-{end_ms}={}{at}", r.key.key, shown(r.value))
        })
        .collect()
}

fn counts(driver: &TestDriver) -> Vec<String> {
    read_sessions::<u64>(driver, "out")
}

fn read_texts(driver: &TestDriver) -> Vec<String> {
    read_sessions::<String>(driver, "out")
}

fn at(driver: &TestDriver, records: &[(&str, i64)]) {
    for (key, timestamp_ms) in records {
        pipe(driver, "in", &[(Some(key), Some("x"), *timestamp_ms)]);
    }
}

fn rows(driver: &TestDriver) -> Vec<(String, i64, i64, u64)> {
    let rows = driver.session_store(Visits::COUNTS).unwrap().all();
    rows.into_iter().map(|(key, session, n)| (key, session.start_ms, session.end_ms, n)).collect()
}

#[test]
fn a_record_begins_lengthens_or_joins_sessions() {
    let driver = driver(visits());
    at(&driver, &[("a", 10), ("a", 20), ("b", 20), ("a", 31)]);
    assert_eq!(counts(&driver), ["a@10-10=1", "a@10-10=-", "a@10-20=2", "b@20-20=1", "a@31-31=1"]);
    // Within the gap of both, the gap included.
    at(&driver, &[("a", 21)]);
    assert_eq!(counts(&driver), ["a@10-20=-", "a@31-31=-", "a@10-31=4"]);
    assert_eq!(rows(&driver), [("a".to_owned(), 10, 31, 4), ("b".to_owned(), 20, 20, 1)]);
    let store = driver.session_store(Visits::COUNTS).unwrap();
    assert_eq!(store.fetch("a"), [(SessionWindow { start_ms: 10, end_ms: 31 }, 4)]);
    assert_eq!((store.fetch_session("a", 10, 31), store.fetch_session("a", 10, 20)), (Some(4), None));
}

#[test]
fn a_session_of_one_moment_is_updated_and_one_that_spans_the_record_is_replaced() {
    let driver = driver(visits());
    at(&driver, &[("a", 10), ("a", 10), ("a", 12), ("a", 11)]);
    assert_eq!(counts(&driver), ["a@10-10=1", "a@10-10=2", "a@10-10=-", "a@10-12=3", "a@10-12=-", "a@10-12=4"]);
}

#[test]
fn what_is_late_is_dropped_unless_it_lengthens_an_open_session() {
    let driver = driver(visits());
    // At 40 what ended before 25 is closed.
    at(&driver, &[("a", 30), ("b", 40), ("a", 24), ("b", 24), ("b", 25)]);
    assert_eq!(counts(&driver), ["a@30-30=1", "b@40-40=1", "a@30-30=-", "a@24-30=2", "b@25-25=1"]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn null_keys_are_dropped_and_null_values_are_counted() {
    let driver = driver(visits());
    pipe(&driver, "in", &[(None, Some("x"), 1_000), (Some("a"), None, 3), (Some("a"), None, 4)]);
    assert_eq!(counts(&driver), ["a@3-3=1", "a@3-3=-", "a@3-4=2"]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn updates_have_no_headers_and_results_on_close_those_of_the_record_that_closed() {
    for (topology, expected) in [(driver(visits()), vec![None, None]), (driver(closed()), vec![Some(b"40".to_vec())])] {
        at(&topology, &[("a", 4), ("b", 40)]);
        let mut traces = Vec::new();
        while let Some(record) = topology.read_raw("out") {
            traces.push(record.headers.last("trace").flatten().map(<[u8]>::to_vec));
        }
        assert_eq!(traces, expected);
    }
}

#[test]
fn a_reduction_merges_with_the_same_closure() {
    let driver = driver(texts());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 10), (Some("a"), None, 12), (Some("a"), Some("y"), 28), (Some("a"), Some("z"), 20)]);
    let told = ["a@10-10=x", "a@10-10=-", "a@10-12=x-", "a@28-28=y", "a@10-12=-", "a@28-28=-", "a@10-28=x-yz"];
    assert_eq!(read_texts(&driver), told);
    // A null that comes first makes no row, and is told.
    pipe(&driver, "in", &[(Some("b"), None, 10), (Some("b"), Some("x"), 12)]);
    assert_eq!(read_texts(&driver), ["b@10-10=-", "b@12-12=x"]);
}

#[test]
fn borrowed_values_are_merged_as_well() {
    let driver = driver(words());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 10), (Some("a"), Some("y"), 28), (Some("a"), Some("z w"), 20)]);
    assert_eq!(read_texts(&driver).last().unwrap(), "a@10-28=xyzw");
}

#[test]
fn aggregates_are_merged_in_the_order_of_their_ends_and_then_the_record_is_added() {
    let driver = driver(merged());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 28), (Some("a"), Some("2"), 10), (Some("a"), Some("3"), 19)]);
    let told = ["a@28-28=*a1", "a@10-10=*a2", "a@10-10=-", "a@28-28=-", "a@10-28=((**a2)*a1)a3"];
    assert_eq!(read_texts(&driver), told);
}

#[test]
fn an_aggregate_that_is_none_deletes_the_session() {
    let driver = driver(even());
    let v = |v: &'static str, ms| (Some("a"), Some(v), ms);
    pipe(&driver, "in", &[v("12", 10), v("1", 12), v("12", 30), v("12", 31)]);
    // 0 + 2; merged 2, with the record 3, which is odd; 2; merged 2, with the record 4.
    assert_eq!(
        read(&driver, "out"),
        ["[a@10/10]=2@10", "[a@10/10]=-@10", "[a@10/12]=-@12", "[a@30/30]=2@30", "[a@30/30]=-@30", "[a@30/31]=4@31"]
    );
    assert_eq!(driver.session_store(Even::SUMS).unwrap().all().len(), 1);
}

#[test]
fn a_closure_that_fails_leaves_the_sessions_as_they_were() {
    let driver = TestDriver::builder(failing()).on_process_error(OnError::Continue).build().unwrap();
    let v = |v: &'static str, ms| (Some("a"), Some(v), ms);
    pipe(&driver, "in", &[v("xy", 2), (Some("a"), None, 3), v("z", 4), v("1234567", 30), v("1", 31), v("1", 50)]);
    let told = ["[a@2/2]=2@2", "[a@2/2]=-@2", "[a@2/4]=3@4", "[a@30/30]=7@30", "[a@50/50]=1@50"];
    assert_eq!(read(&driver, "out"), told);
    let few = ["a@2-2=xy", "a@2-2=-", "a@2-3=xy-", "a@30-30=1234567", "a@50-50=1"];
    assert_eq!(read_sessions::<String>(&driver, "few"), few);
    assert_eq!(driver.metrics().skipped_errors, 4);
    let sessions = driver.session_store(Failing::LENS).unwrap().fetch("a");
    assert_eq!(sessions.iter().map(|(s, n)| (s.start_ms, s.end_ms, *n)).collect::<Vec<_>>(), [(2, 4, 3), (30, 30, 7), (50, 50, 1)]);
}

#[test]
fn what_closes_together_comes_in_order_of_end_start_and_key() {
    let driver = driver(closed());
    at(&driver, &[("b", 3), ("c", 5), ("b", 5), ("a", 5), ("d", 4)]);
    at(&driver, &[("x", 20)]);
    assert_eq!(counts(&driver), ["d@4-4=1"]);
    at(&driver, &[("x", 21)]);
    assert_eq!(counts(&driver), ["b@3-5=2", "a@5-5=1", "c@5-5=1"]);
}

#[test]
fn a_jump_of_the_stream_time_loses_no_result() {
    let driver = driver(closed());
    // With the retention of gap and grace 0 to 3 is out of sight at 18, and closes at 19.
    at(&driver, &[("a", 0), ("a", 3), ("b", 18)]);
    driver.commit().unwrap();
    assert!(counts(&driver).is_empty());
    at(&driver, &[("b", 1_000)]);
    assert_eq!(counts(&driver), ["a@0-3=2", "b@18-18=1"]);
}

#[test]
fn results_on_close_do_not_wait_for_the_cache() {
    let driver = TestDriver::builder(closed()).cache_max_bytes(1 << 20).build().unwrap();
    at(&driver, &[("a", 3), ("a", 5), ("b", 21)]);
    assert_eq!(counts(&driver), ["a@3-5=2"]);
    driver.commit().unwrap();
    assert!(counts(&driver).is_empty());
}

#[test]
fn with_a_cache_steps_between_two_commits_are_not_told() {
    let driver = TestDriver::builder(visits()).cache_max_bytes(1 << 20).build().unwrap();
    at(&driver, &[("a", 10), ("a", 12), ("a", 15)]);
    assert!(counts(&driver).is_empty());
    driver.commit().unwrap();
    assert_eq!(counts(&driver), ["a@10-15=3"]);
    at(&driver, &[("a", 16), ("a", 17), ("a", 16)]);
    driver.commit().unwrap();
    assert_eq!(counts(&driver), ["a@10-15=-", "a@10-17=6"]);
    let mut changelog = Vec::new();
    while let Some(record) = driver.read_raw("test-counts-changelog") {
        changelog.push((record.key.unwrap()[8], record.value.is_some()));
    }
    assert_eq!(changelog, [(15, true), (15, false), (17, true)]);
}

#[test]
fn the_changelog_has_the_bytes_of_kafka_streams_and_no_tombstone_for_what_is_old() {
    let driver = driver(visits());
    at(&driver, &[("a", 12), ("a", 15), ("a", 99)]);
    let mut changelog = Vec::new();
    while let Some(record) = driver.read_raw("test-counts-changelog") {
        changelog.push((record.key.unwrap(), record.value, record.timestamp_ms));
    }
    let row = |start: u8, end: u8| vec![b'a', 0, 0, 0, 0, 0, 0, 0, end, 0, 0, 0, 0, 0, 0, 0, start];
    let n = |n: u64| Some(n.to_be_bytes().to_vec());
    assert_eq!(changelog, [(row(12, 12), n(1), 12), (row(12, 12), None, 12), (row(12, 15), n(2), 15), (row(99, 99), n(1), 99)]);
    assert_eq!(visits().plan().sub_topologies[0].stores[0].kind, StoreKind::Session { retention_ms: 15 });
}

#[test]
fn values_before_a_change_are_those_of_the_store() {
    for cache_max_bytes in [0, 300, 1 << 20] {
        let driver = TestDriver::builder(summed()).cache_max_bytes(cache_max_bytes).build().unwrap();
        // The second record of one moment as well: Kafka Streams without a cache would sum 8.
        at(&driver, &[("a", 10), ("a", 10), ("a", 12), ("a", 30), ("a", 21), ("a", 21), ("a", 70)]);
        for _ in 0..3 {
            driver.commit().unwrap();
        }
        assert_eq!(driver.store(Summed::PER_KEY).unwrap().get("a"), Some(7), "{cache_max_bytes}");
    }
}

#[test]
fn tables_of_sessions_are_joined_by_key_and_bounds() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(together()).cache_max_bytes(cache_max_bytes).build().unwrap();
        for (topic, timestamp_ms) in [("clicks", 10), ("orders", 10), ("clicks", 15), ("orders", 15), ("orders", 100), ("clicks", 10)] {
            pipe(&driver, topic, &[(Some("a"), Some("x"), timestamp_ms)]);
            driver.commit().unwrap();
        }
        // With the orders at 100 those of 10 to 15 are out of retention.
        assert_eq!(counts(&driver), ["a@10-10=101", "a@10-10=-", "a@10-15=202"]);
        let many = read_sessions::<u64>(&driver, "many");
        assert_eq!((&many[0][..], &many[1][..], &many[many.len() - 1][..]), ("a@10-15=200", "a@10-15=202", "a@10-15=300"));
    }
}

#[test]
fn sessions_that_cannot_be_do_not_start() {
    let told = |error: Option<DriverError>| error.unwrap().to_string();
    let problem = told(TestDriver::new(kept(14, 10)).err());
    assert!(problem.contains("`windowed_by` of `counts`") && problem.contains("a retention of 14 ms is too short"), "{problem}");
    assert!(TestDriver::new(kept(15, 10)).is_ok());
    let problem = told(TestDriver::new(kept(15, 0)).err());
    assert!(problem.contains("the sessions have no gap"), "{problem}");
}
