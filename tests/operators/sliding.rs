use proptest::prelude::*;
use streams_runtime::Topology;
use streams_runtime::plan::StoreKind;

use super::*;

topology! {
    fn counted() -> Counted {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(20))).count();
        counts.to_stream().to("out");
    }

    fn folded(grace_ms: u64) -> Folded {
        let input: Stream<Text, Text> = stream("in");
        let windows = input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(*grace_ms)));
        let texts: Table<Windowed<String>, String> = windows.reduce(|there, v| format!("{there}{v}"));
        let lens: Table<Windowed<String>, u64> =
            windows.try_aggregate(|| 0, |_, v, sum| if v == "!" { Err("no") } else { Ok(sum + v.len() as u64) });
        texts.to_stream().to("texts");
        lens.to_stream().to("lens");
    }

    fn unless_z() -> UnlessZ {
        let input: Stream<Text, Text> = stream("in");
        let texts: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(sliding(millis(10)).grace(millis(100)))
            .aggregate(|| Some(String::new()), |_, v, there: Text| (v != "z").then(|| there.unwrap_or_default() + v));
        texts.to_stream().to("texts");
    }

    fn closed(grace_ms: u64) -> Closed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(*grace_ms))).emit_on_close().count();
        counts.to_stream().to("out");
    }

    fn at_one_time() -> AtOneTime {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(0))).count();
        counts.to_stream().to("out");
    }

    fn kept(ms: u64) -> Kept {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(5))).count().retention(millis(*ms));
        counts.to_stream().to("out");
    }

    fn modelled() -> Modelled {
        let input: Stream<String, u64> = stream("in");
        let sums: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(sliding(millis(10)).grace(seconds(10))).aggregate(|| 0, |_, v, sum| sum + v);
        sums.to_stream().to("out");
    }
}

/// Numbers by keys in windows, as `key@start/end=number@timestamp`.
fn read_windows(driver: &TestDriver, topic: &str) -> Vec<String> {
    let format = (TimeWindowed::of(Utf8, millis(10)), Nullable(BigEndian));
    let records = driver.output_with::<Windowed<String>, Option<u64>, _, _>(topic, format.0, format.1).read_all();
    let shown = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
    let window = |w: Window| format!("{}/{}", w.start_ms, w.end_ms);
    records.iter().map(|r| format!("{}@{}={}@{}", r.key.key, window(r.key.window), shown(r.value), r.timestamp_ms)).collect()
}

fn read_texts(driver: &TestDriver, topic: &str) -> Vec<String> {
    let records = driver.output::<Windowed<String>, Text>(topic).read_all();
    let shown = |v: &Text| v.as_deref().unwrap_or("-").to_owned();
    records.iter().map(|r| format!("{}@{}={}", r.key.key, r.key.window.start_ms, shown(&r.value))).collect()
}

#[test]
fn a_record_ends_a_window_and_begins_one_after_the_record_before_it() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 30)]);
    assert_eq!(read_windows(&driver, "out"), ["a@20/30=1@30"]);
    pipe(&driver, "in", &[(Some("a"), Some("x"), 34), (Some("b"), Some("x"), 34)]);
    assert_eq!(read_windows(&driver, "out"), ["a@31/41=1@34", "a@24/34=2@34", "b@24/34=1@34"]);
    // Ten milliseconds apart are still together: both ends belong to a window.
    pipe(&driver, "in", &[(Some("a"), Some("x"), 44)]);
    assert_eq!(read_windows(&driver, "out"), ["a@35/45=1@44", "a@34/44=2@44"]);
}

#[test]
fn a_record_that_comes_late_finds_the_later_ones_behind_it() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 40), (Some("a"), Some("x"), 35)]);
    // It goes into the window that ends with the later one, ends one itself, and what is behind it becomes a window.
    assert_eq!(read_windows(&driver, "out"), ["a@30/40=1@40", "a@30/40=2@40", "a@25/35=1@35", "a@36/46=1@40"]);
}

#[test]
fn a_second_record_at_the_same_time_makes_no_new_windows() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 30), (Some("a"), Some("y"), 30)]);
    assert_eq!(read_windows(&driver, "out"), ["a@20/30=1@30", "a@20/30=2@30"]);
}

#[test]
fn the_first_records_of_time_share_a_window() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 4), (Some("a"), Some("x"), 9), (Some("a"), Some("x"), 2)]);
    let shared = ["a@0/10=1@4", "a@5/15=1@9", "a@0/10=2@9", "a@3/13=2@9", "a@0/10=3@9"];
    assert_eq!(read_windows(&driver, "out"), shared);
}

#[test]
fn null_keys_and_null_values_are_dropped_and_move_no_time() {
    let driver = driver(counted());
    pipe(&driver, "in", &[(None, Some("x"), 1_000), (Some("a"), None, 1_000), (Some("a"), Some("x"), 30)]);
    assert_eq!(read_windows(&driver, "out"), ["a@20/30=1@30"]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn what_is_late_is_dropped_once_for_each_window_that_is_closed() {
    let driver = driver(counted());
    // At 60, windows that end before 40 are closed.
    pipe(&driver, "in", &[(Some("a"), Some("x"), 60), (Some("a"), Some("x"), 28)]);
    assert_eq!((read_windows(&driver, "out"), driver.dropped()), (vec!["a@50/60=1@60".to_owned()], 1));
    // The window that ends at 38 is closed; the next record would be in the one that begins at 39, which is open but holds nothing yet.
    pipe(&driver, "in", &[(Some("a"), Some("x"), 38)]);
    assert_eq!((read_windows(&driver, "out"), driver.dropped()), (vec![], 2));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 40)]);
    assert_eq!((read_windows(&driver, "out"), driver.dropped()), (vec!["a@30/40=1@40".to_owned()], 2));
}

#[test]
fn a_new_window_goes_on_from_what_it_shares_and_in_the_order_of_arrival() {
    let driver = TestDriver::builder(folded(100)).on_process_error(OnError::Continue).build().unwrap();
    let records = [("p", 30), ("q", 36), ("r", 33), ("!", 34)];
    for (value, timestamp_ms) in records {
        pipe(&driver, "in", &[(Some("a"), Some(value), timestamp_ms)]);
    }
    let texts = [
        "a@20=p",
        "a@31=q",
        "a@26=pq",
        "a@31=qr",
        "a@26=pqr",
        "a@23=pr",
        "a@34=q",
        "a@34=q!",
        "a@31=qr!",
        "a@26=pqr!",
        "a@24=pr!",
        "a@35=q",
    ];
    assert_eq!(read_texts(&driver, "texts"), texts);
    let store = driver.window_store(Folded::LENS).unwrap();
    // The closure failed: the rows around stay as they were, its own window is not made, but what is behind it is.
    let rows: Vec<(i64, u64)> = store.all_with_timestamps().into_iter().map(|(_, start_ms, sum, _)| (start_ms, sum)).collect();
    assert_eq!(rows, [(20, 1), (23, 2), (26, 3), (31, 2), (34, 1), (35, 1)]);
    assert_eq!(driver.metrics().skipped_errors, 4);
}

#[test]
fn an_aggregate_that_is_none_deletes_its_window() {
    let driver = driver(unless_z());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 30), (Some("a"), Some("z"), 30), (Some("a"), Some("y"), 30)]);
    assert_eq!(read_texts(&driver, "texts"), ["a@20=x", "a@20=-", "a@20=y"]);
    let store = driver.window_store(UnlessZ::TEXTS).unwrap();
    assert_eq!(store.fetch("a", 20), Some("y".to_owned()));
}

#[test]
fn a_difference_of_nothing_counts_what_happens_at_one_time() {
    let driver = driver(at_one_time());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 0), (Some("a"), Some("x"), 0), (Some("a"), Some("x"), 1), (Some("a"), Some("x"), 0)]);
    let sent: Vec<_> = driver.output::<Windowed<String>, u64>("out").read_all().iter().map(|r| (r.key.window.start_ms, r.value)).collect();
    assert_eq!((sent, driver.dropped()), (vec![(0, 1), (0, 2), (1, 1)], 1));
}

#[test]
fn what_closes_together_comes_in_order_of_start_and_key_and_nothing_is_lost() {
    let driver = driver(closed(5));
    pipe(&driver, "in", &[(Some("b"), Some("x"), 30), (Some("a"), Some("x"), 30), (Some("b"), Some("x"), 33)]);
    // A window closes after its end: at 35 the one that ends at 30 is open.
    pipe(&driver, "in", &[(Some("c"), Some("x"), 35)]);
    assert!(read_windows(&driver, "out").is_empty());
    pipe(&driver, "in", &[(Some("c"), Some("x"), 36)]);
    assert_eq!(read_windows(&driver, "out"), ["a@20/30=1@30", "b@20/30=1@30"]);
    // A jump of the time, after which Kafka Streams has no row of these any more.
    pipe(&driver, "in", &[(Some("c"), Some("x"), 1_000)]);
    let rest = ["b@23/33=2@33", "c@25/35=1@35", "c@26/36=2@36", "b@31/41=1@33", "c@36/46=1@36"];
    assert_eq!(read_windows(&driver, "out"), rest);
}

#[test]
fn with_a_cache_the_last_count_of_each_window_goes_on() {
    let driver = TestDriver::builder(counted()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 30), (Some("a"), Some("x"), 34), (Some("a"), Some("x"), 30)]);
    assert!(read_windows(&driver, "out").is_empty());
    driver.commit().unwrap();
    assert_eq!(read_windows(&driver, "out"), ["a@20/30=2@30", "a@31/41=1@34", "a@24/34=3@34"]);
}

#[test]
fn a_window_is_kept_for_two_differences_and_grace() {
    let kind = |plan: streams_runtime::plan::TopologyPlan| plan.sub_topologies[0].stores[0].kind;
    assert_eq!(kind(counted().plan()), StoreKind::Window { retention_ms: 40 });
    assert_eq!(kind(kept(100).plan()), StoreKind::Window { retention_ms: 100 });
    let problem = TestDriver::new(kept(24)).err().unwrap().to_string();
    assert!(problem.contains("a retention of 24 ms is too short"), "{problem}");
    assert!(TestDriver::new(kept(25)).is_ok());
}

/// Every window of a key that its records make, with the sum of the values and the latest time in it.
fn model(records: &[(i64, u64)]) -> Vec<(i64, u64, i64)> {
    let mut starts: Vec<i64> = records.iter().flat_map(|(ms, _)| [(ms - 10).max(0), ms + 1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let windows = starts.into_iter().map(|start| {
        let inside = records.iter().filter(|(ms, _)| (start..=start + 10).contains(ms));
        (start, inside.clone().map(|(_, v)| v).sum(), inside.map(|(ms, _)| *ms).max())
    });
    windows.filter_map(|(start, sum, latest)| Some((start, sum, latest?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn windows_are_those_of_a_plain_model(
        records in prop::collection::vec((0_usize..2, 0_i64..60, 1_u64..100, prop::bool::weighted(0.1)), 1..40),
        cache_max_bytes in prop_oneof![Just(0_usize), Just(600), Just(1 << 20)],
    ) {
        let driver = TestDriver::builder(modelled()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let input = driver.input::<String, u64>("in").unwrap();
        // One key begins with the other.
        let keys = ["a", "ab"];
        let mut by_key = [Vec::new(), Vec::new()];
        for (key, timestamp_ms, value, commits) in records {
            input.pipe_at(keys[key].to_owned(), value, timestamp_ms).unwrap();
            by_key[key].push((timestamp_ms, value));
            if commits {
                driver.commit().unwrap();
            }
        }
        let expected: Vec<(String, i64, u64, i64)> = keys
            .iter()
            .zip(&by_key)
            .flat_map(|(key, records)| model(records).into_iter().map(|(start, sum, ms)| ((*key).to_owned(), start, sum, ms)))
            .collect();
        prop_assert_eq!(&driver.window_store(Modelled::SUMS).unwrap().all_with_timestamps(), &expected);
        driver.commit().unwrap();
        // What went on last of each window is its row.
        let mut sent = std::collections::BTreeMap::new();
        for r in driver.output::<Windowed<String>, Option<u64>>("out").read_all() {
            sent.insert((r.key.key, r.key.window.start_ms), (r.value.unwrap(), r.timestamp_ms));
        }
        let sent: Vec<_> = sent.into_iter().map(|((key, start), (sum, ms))| (key, start, sum, ms)).collect();
        prop_assert_eq!(sent, expected);
    }

    #[test]
    fn each_window_is_sent_once_when_it_closes(
        steps in prop::collection::vec((0_usize..2, -25_i64..12), 1..60),
        grace_ms in 0_u64..30,
    ) {
        let driver = driver(closed(grace_ms));
        let mut now_ms = 30;
        let mut sent = std::collections::BTreeSet::new();
        for (key, by_ms) in steps {
            now_ms = (now_ms + by_ms).max(0);
            pipe(&driver, "in", &[(Some(["a", "b"][key]), Some("x"), now_ms)]);
            for record in driver.output::<Windowed<String>, u64>("out").read_all() {
                prop_assert!(sent.insert((record.key.key, record.key.window.start_ms)), "sent twice");
            }
        }
    }
}
