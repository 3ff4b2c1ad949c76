use proptest::prelude::*;

use super::*;

topology! {
    fn closed() -> Closed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).count();
        let odd = counts.filter(|_, n| n % 2 == 1);
        let last = odd.suppress(until_window_closes());
        last.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn closed_sessions(retention_ms: u64) -> ClosedSessions {
        let input: Stream<Text, Text> = stream("in");
        let visits: Table<Windowed<String, SessionWindow>, u64> =
            input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(5))).count().retention(millis(*retention_ms));
        let last = visits.suppress(until_window_closes());
        last.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn closed_sliding() -> ClosedSliding {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(5))).count();
        let last = counts.suppress(until_window_closes());
        last.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn closed_twice() -> ClosedTwice {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).emit_on_close().count();
        let last = counts.suppress(until_window_closes());
        last.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn limited(limit_ms: u64, max_records: usize) -> Limited {
        let names: Table<String, String> = table("in");
        let few = names.suppress(until_time_limit(millis(*limit_ms)).max_records(*max_records));
        few.to_stream().to("out");
    }

    fn strict(max_bytes: usize) -> Strict {
        let names: Table<String, String> = table("in");
        let few = names.suppress(until_time_limit(millis(100)).max_bytes(*max_bytes).shut_down_when_full());
        few.to_stream().to("out");
    }

    fn early(max_bytes: usize) -> Early {
        let names: Table<String, String> = table("in");
        let few = names.suppress(until_time_limit(millis(100)).max_bytes(*max_bytes).emit_early_when_full());
        few.to_stream().to("out");
    }

    fn flushed() -> Flushed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).count();
        let last = counts.suppress(until_window_closes().flush_after(millis(100)));
        last.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn looked_up() -> LookedUp {
        let names: Table<String, String> = table("names");
        let late = names.suppress(until_time_limit(millis(10))).named("late-names");
        let input: Stream<String, String> = stream("in");
        input.left_join(late, |v, name| format!("{v} {}", name.map_or("-", |name| name))).to("out");
        late.to_stream().to("late");
    }

    fn two_kinds() -> TwoKinds {
        let input: Stream<Text, Text> = stream("in");
        let short: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(0))).count();
        let by_time = short.suppress(until_time_limit(millis(3)));
        by_time.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn endless(grace_ms: u64) -> Endless {
        let input: Stream<Text, Text> = stream("in");
        let ever: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(unlimited_from(*grace_ms)).count();
        let never = ever.suppress(until_window_closes());
        never.to_stream().to("out");
    }
}

fn unlimited_from(start_ms: u64) -> streams_runtime::windows::UnlimitedWindows {
    unlimited().start_on(start_ms as i64)
}

#[test]
fn what_is_held_back_is_there_after_a_restart() {
    let driver = TestDriver::new(limited(10, 5)).unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1"), 100), (Some("b"), Some("2"), 105), (Some("a"), Some("3"), 109)]);
    driver.restart().unwrap();
    // The stream time begins anew: this one is late, and lets nothing go.
    pipe(&driver, "in", &[(Some("c"), Some("4"), 50)]);
    assert_eq!(read(&driver, "out"), [] as [&str; 0]);
    pipe(&driver, "in", &[(Some("d"), Some("5"), 115)]);
    assert_eq!(read(&driver, "out"), ["c=4@50", "a=3@109", "b=2@105"]);
}

#[test]
fn a_window_leaves_once_when_it_has_closed_and_what_was_deleted_does_not() {
    let driver = driver(closed());
    pipe(&driver, "in", &[(Some("b"), None, 4), (Some("a"), None, 3), (Some("c"), None, 1), (Some("c"), None, 2)]);
    pipe(&driver, "in", &[(Some("b"), None, 2), (Some("b"), None, 5), (Some("a"), None, 14)]);
    assert!(read(&driver, "out").is_empty());
    pipe(&driver, "in", &[(Some("z"), None, 15)]);
    // `c` has an even count, which the view deletes. In the order of the bytes of the keys, with the time and headers of the last change.
    let left = [("[a@0/10]=1@3".to_owned(), "3".to_owned()), ("[b@0/10]=3@5".to_owned(), "5".to_owned())];
    assert_eq!(shown(&driver, "out"), left);
    pipe(&driver, "in", &[(Some("z"), None, 25)]);
    assert_eq!(read(&driver, "out"), ["[a@10/20]=1@14", "[z@10/20]=1@15"]);
}

/// As in Kafka Streams: `suppress` takes what is closed at this very time for closed, the aggregation does not yet.
#[test]
fn a_record_at_the_closing_edge_makes_a_second_result() {
    let edge = |edge_ms| [(Some("a"), Some("x"), 100), (Some("z"), Some("x"), edge_ms)];
    let late = [(Some("a"), Some("x"), 100)];
    // The session of the first record has left the store.
    for (retention_ms, second) in [(15, "[a@100/100]=1@100"), (16, "[a@100/100]=2@100")] {
        let driver = driver(closed_sessions(retention_ms));
        pipe(&driver, "in", &edge(115));
        assert_eq!(read(&driver, "out"), ["[a@100/100]=1@100"]);
        pipe(&driver, "in", &late);
        assert_eq!(read(&driver, "out"), [second], "kept for {retention_ms} ms");
        pipe(&driver, "in", &[(Some("z"), Some("x"), 116), (Some("a"), Some("x"), 100)]);
        assert_eq!((read(&driver, "out"), driver.dropped()), (vec![], 1), "it is over now");
    }
    let driver = driver(closed_sliding());
    pipe(&driver, "in", &edge(105));
    assert_eq!(read(&driver, "out"), ["[a@90/100]=1@100"]);
    pipe(&driver, "in", &late);
    assert_eq!(read(&driver, "out"), ["[a@90/100]=2@100"]);
}

#[test]
fn behind_results_on_close_each_waits_for_that_of_a_later_window() {
    let driver = driver(closed_twice());
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 16)]);
    assert!(read(&driver, "out").is_empty(), "the first window has closed, and its result is held back");
    pipe(&driver, "in", &[(Some("a"), None, 25)]);
    assert_eq!(read(&driver, "out"), ["[a@0/10]=1@3"]);
}

#[test]
fn only_results_move_the_time() {
    let driver = driver(closed());
    // Of `a` the view hands on the first count only; a deletion is a result as well.
    pipe(&driver, "in", &[(Some("a"), None, 3), (None, None, 90), (Some("a"), None, 4)]);
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn updates_do_not_make_a_key_wait_longer() {
    let driver = driver(limited(10, usize::MAX));
    let changes = [(Some("a"), Some("x"), 20), (Some("a"), Some("y"), 28), (Some("b"), None, 22), (Some("a"), None, 29)];
    pipe(&driver, "in", &changes);
    assert!(read(&driver, "out").is_empty());
    pipe(&driver, "in", &[(Some("c"), Some("z"), 30)]);
    assert_eq!(shown(&driver, "out"), [("a=-@29".to_owned(), "29".to_owned())]);
    // It comes in anew, out of order, and is late at once.
    pipe(&driver, "in", &[(Some("a"), Some("late"), 7), (Some("d"), None, 32)]);
    assert_eq!(read(&driver, "out"), ["a=late@7", "b=-@22"]);
}

#[test]
fn a_limit_of_nothing_lets_everything_through() {
    let driver = driver(limited(0, usize::MAX));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 20), (Some("a"), Some("y"), 3), (Some("b"), None, 2)]);
    assert_eq!(read(&driver, "out"), ["a=x@20", "a=y@3", "b=-@2"]);
}

#[test]
fn what_is_first_leaves_when_there_are_too_many() {
    let driver = driver(limited(100, 2));
    pipe(&driver, "in", &[(Some("b"), Some("x"), 9), (Some("a"), Some("y"), 9), (Some("c"), Some("z"), 8), (Some("d"), Some("z"), 10)]);
    assert_eq!(read(&driver, "out"), ["c=z@8", "a=y@9"]);
}

/// What Kafka Streams counts for a change: its context (the topic `in`, a header `trace` of one digit), its time, key and values.
fn counted(values: usize) -> usize {
    8 + 8 + 8 + 4 + "in".len() + "trace".len() + 1 + "a".len() + values
}

#[test]
fn a_buffer_that_is_full_stops_the_application() {
    let driver = driver(strict(2 * counted(1)));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("b"), Some("y"), 2)]);
    // The value before counts as well.
    let error = try_pipe(&driver, "in", Some("a"), Some("z"), 3).unwrap_err().to_string();
    let bytes = 2 * counted(1);
    let wanted = format!("the buffer is full: 2 records of any number, {} bytes of {bytes}", bytes + 1);
    assert!(error.contains("few") && error.contains(&wanted), "{error}");
}

#[test]
fn a_buffer_that_is_full_of_bytes_lets_go() {
    let driver = driver(early(2 * counted(1)));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("b"), Some("y"), 2), (Some("a"), Some("z"), 3)]);
    assert_eq!(read(&driver, "out"), ["a=z@3"]);
    pipe(&driver, "in", &[(Some("c"), Some("x"), 4), (Some("d"), Some("longer"), 5)]);
    assert_eq!(read(&driver, "out"), ["b=y@2", "c=x@4"]);
}

#[test]
fn the_wall_clock_lets_go_what_no_record_does() {
    let driver = driver(flushed());
    pipe(&driver, "in", &[(Some("b"), None, 12), (Some("b"), None, 3)]);
    driver.advance_wall_clock_ms(60).unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 13), (Some("b"), None, 4)]);
    driver.advance_wall_clock_ms(39).unwrap();
    assert!(read(&driver, "out").is_empty());
    driver.advance_wall_clock_ms(1).unwrap();
    // An update does not make it wait longer; the window that is still open has a second result later.
    assert_eq!(shown(&driver, "out"), [("[b@0/10]=2@4".to_owned(), "4".to_owned()), ("[b@10/20]=1@12".to_owned(), "12".to_owned())]);
    pipe(&driver, "in", &[(Some("b"), None, 14)]);
    driver.advance_wall_clock_ms(60).unwrap();
    assert_eq!(read(&driver, "out"), ["[a@10/20]=1@13"]);
    driver.advance_wall_clock_ms(40).unwrap();
    assert_eq!(read(&driver, "out"), ["[b@10/20]=2@14"]);
    driver.advance_wall_clock_ms(1_000_000).unwrap();
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn what_waits_is_not_looked_up_yet() {
    let driver = driver(looked_up());
    let ask = |at_ms| {
        pipe(&driver, "in", &[(Some("a"), Some("?"), at_ms)]);
        read(&driver, "out").remove(0)
    };
    assert_eq!(ask(1), "a=? -@1");
    pipe(&driver, "names", &[(Some("a"), Some("ann"), 2)]);
    assert_eq!(ask(2), "a=? -@2");
    pipe(&driver, "names", &[(Some("b"), Some("bob"), 12)]);
    assert_eq!((read(&driver, "late"), ask(12)), (vec!["a=ann@2".to_owned()], "a=? ann@12".to_owned()));
    // From here on the row is what it was when the first of the changes came in.
    pipe(&driver, "names", &[(Some("a"), Some("eve"), 13), (Some("a"), Some("zoe"), 14)]);
    assert_eq!(ask(14), "a=? ann@14");
    pipe(&driver, "names", &[(Some("c"), None, 23)]);
    assert_eq!((read(&driver, "late"), ask(23)), (vec!["b=bob@12".to_owned(), "a=zoe@14".to_owned()], "a=? zoe@23".to_owned()));
}

#[test]
fn the_end_of_a_window_is_known_behind_the_buffer() {
    let driver = driver(two_kinds());
    pipe(&driver, "in", &[(Some("a"), None, 1), (Some("a"), None, 4), (Some("a"), None, 13)]);
    assert_eq!(read(&driver, "out"), ["[a@0/10]=2@4"]);
}

#[test]
fn windows_that_never_close_do_not_start() {
    let error = TestDriver::new(endless(3)).unwrap_err().to_string();
    assert!(error.contains("`windowed_by` of `never`, `unlimited_from(*grace_ms)`: `until_window_closes` waits"), "{error}");
}

#[test]
fn with_a_cache_in_front_what_the_commit_lets_go_is_held_back() {
    let driver = TestDriver::builder(closed()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 4), (Some("a"), None, 5), (Some("b"), None, 15)]);
    assert!(read(&driver, "out").is_empty());
    driver.commit().unwrap();
    assert_eq!(read(&driver, "out"), ["[a@0/10]=3@5"]);
}

#[test]
fn the_changelog_is_that_of_kafka_streams() {
    let driver = TestDriver::builder(limited(10, usize::MAX)).application_id("app").wall_clock_start_ms(500).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 20), (Some("a"), Some("y"), 21), (Some("a"), Some("z"), 30)]);
    let mut records = Vec::new();
    while let Some(record) = driver.read_raw("app-few-changelog") {
        let version = record.headers.last("v").flatten().map(<[u8]>::to_vec);
        records.push((record.key.unwrap(), record.value, record.timestamp_ms, version));
    }
    let int = |n: i32| n.to_be_bytes().to_vec();
    let long = |n: i64| n.to_be_bytes().to_vec();
    let row = |at_ms: i64, offset: i64, values: Vec<u8>| {
        let context = [long(at_ms), long(offset), int(2), b"in".to_vec(), int(0), int(1), int(5), b"trace".to_vec()].concat();
        let header = [int(2), at_ms.to_string().into_bytes()].concat();
        Some([context, header, values, long(20)].concat())
    };
    let first = row(20, 0, [int(-1), int(-1), int(1), b"x".to_vec()].concat());
    let second = row(21, 1, [int(-1), int(1), b"x".to_vec(), int(1), b"y".to_vec()].concat());
    let version = Some(vec![3]);
    let expected = [(b"a".to_vec(), first, 500, version.clone()), (b"a".to_vec(), second, 500, version), (b"a".to_vec(), None, 500, None)];
    assert_eq!(records, expected);
}

/// What a buffer does, said plainly.
#[derive(Default)]
struct Model {
    now_ms: i64,
    /// Key, time of entry, value and its time; in no order.
    held: Vec<(String, i64, Text, i64)>,
    left: Vec<String>,
}

impl Model {
    fn change(&mut self, key: &str, value: Text, at_ms: i64, limit_ms: i64, max: usize) {
        self.now_ms = self.now_ms.max(at_ms);
        match self.held.iter_mut().find(|row| row.0 == key) {
            Some(row) => (row.2, row.3) = (value, at_ms),
            None => self.held.push((key.to_owned(), at_ms, value, at_ms)),
        }
        self.held.sort_by_key(|row| (row.1, row.0.clone()));
        while self.held.first().is_some_and(|row| row.1 <= self.now_ms - limit_ms) || self.held.len() > max {
            let (key, _, value, at_ms) = self.held.remove(0);
            self.left.push(format!("{key}={}@{at_ms}", value.as_deref().unwrap_or("-")));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_buffer_does_what_is_said_plainly(
        changes in prop::collection::vec(("[a-f]|[a-f]{9}", prop::option::weighted(0.8, "[a-z]{1,3}"), 0i64..40, any::<bool>()), 1..80),
        limit_ms in 0u64..30,
        max in prop_oneof![Just(usize::MAX), 0usize..5],
        cache in prop_oneof![Just(0), Just(300)],
    ) {
        let driver = TestDriver::builder(limited(limit_ms, max)).cache_max_bytes(cache).build().unwrap();
        let mut model = Model::default();
        for (at, (key, value, jitter_ms, commit)) in changes.into_iter().enumerate() {
            let at_ms = at as i64 * 3 + jitter_ms;
            pipe(&driver, "in", &[(Some(&key), value.as_deref(), at_ms)]);
            // Each change reaches the buffer by itself.
            driver.commit().unwrap();
            if commit {
                driver.commit().unwrap();
            }
            model.change(&key, value, at_ms, limit_ms as i64, max);
        }
        prop_assert_eq!(read(&driver, "out"), model.left);
    }
}
