//! Windows of one's own: calendar months, lists of windows, and those of the built-in ones written
//! by hand.

use std::sync::{Arc, Mutex};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use streams_runtime::{DropReason, OnDropped, Streams};

use super::*;

const DAY_MS: i64 = 24 * 3_600_000;

/// Calendar months at an offset from UTC.
#[derive(Clone, Copy)]
struct Months {
    offset_ms: i64,
}

/// Days since 1970 of the first of a month; months are counted from March of the year 0, as leap
/// days come last then.
fn first_of_month(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12));
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 - 719_468
}

impl CustomWindows for Months {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let day = (time_ms + self.offset_ms).div_euclid(DAY_MS);
        let near = (day + 719_468) * 4_800 / 146_097;
        let month = (near - 1..near + 2).rfind(|month| first_of_month(*month) <= day).unwrap();
        let start = |month: i64| first_of_month(month) * DAY_MS - self.offset_ms;
        [Window { start_ms: start(month), end_ms: start(month + 1) }]
    }

    fn size_ms(&self) -> i64 {
        31 * DAY_MS
    }
}

/// Windows that are listed. Not `Copy`.
#[derive(Clone)]
struct Listed {
    windows: Arc<[(i64, i64)]>,
    size_ms: i64,
}

fn listed(windows: &[(i64, i64)]) -> Listed {
    Listed { windows: windows.into(), size_ms: windows.iter().map(|(start, end)| end - start).max().unwrap() }
}

impl CustomWindows for Listed {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let windows = self.windows.iter().map(|&(start_ms, end_ms)| Window { start_ms, end_ms });
        windows.filter(move |window| window.start_ms <= time_ms && time_ms < window.end_ms)
    }

    fn size_ms(&self) -> i64 {
        self.size_ms
    }
}

topology! {
    fn per_month(offset_ms: i64) -> PerMonth {
        let input: Stream<Text, Text> = stream("in");
        let windows = input.group_by_key().windowed_by(custom(Months { offset_ms: *offset_ms }).grace(hours(1)));
        let counts: Table<Windowed<String>, u64> = windows.count();
        let texts: Table<Windowed<String>, String> = windows.reduce(|there, v| format!("{there}{}", v.as_deref().unwrap_or("-")));
        counts.to_stream().to("counts");
        texts.to_stream().map(|k, v| (k.to_string(), v.clone())).to("texts");
        counts.suppress(until_window_closes()).named("final").to_stream().map(|k, v| (k.to_string(), v.map(|n| n.to_string()))).to("final");
    }

    fn at_their_end() -> AtTheirEnd {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(custom(Months { offset_ms: 0 }).grace(hours(1))).emit_on_close().count();
        counts.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn of_list(windows: Listed, grace_ms: u64) -> OfList {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(custom(windows.clone()).grace(millis(*grace_ms))).emit_on_close().flush_after(seconds(1)).count();
        counts.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn folded(windows: Listed) -> Folded {
        let input: Stream<Text, Text> = stream("in");
        let others: Stream<Text, Text> = stream("others");
        let grouped = others.group_by_key();
        let sums: Table<Windowed<String>, u64> =
            input.group_by_key().cogroup(|_, _, n| n + 1).cogroup(grouped, |_, _, n| n + 10).windowed_by(custom(windows.clone())).aggregate(|| 0);
        let lens: Table<Windowed<String>, u64> = input
            .group_by_key()
            .windowed_by(custom(windows.clone()))
            .try_aggregate(|| 0, |_, v, sum| v.as_ref().map(|v| sum + v.len() as u64).ok_or("null"));
        let both = sums.join(lens, |sum, len| format!("{sum}/{len}"));
        sums.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("sums");
        both.to_stream().map(|k, v| (k.to_string(), v.clone())).to("both");
    }
}

/// A day of a year, in milliseconds.
fn date_ms(year: i64, month: i64, day: i64) -> i64 {
    let month = year * 12 + month - 3;
    (first_of_month(month) + day - 1) * DAY_MS
}

fn read_counts(driver: &TestDriver, windows: Months) -> Vec<String> {
    let output =
        driver.output_with::<Windowed<String>, Option<u64>, _, _>("counts", TimeWindowed::in_windows(Utf8, windows), Nullable(BigEndian));
    let days = |ms: i64| ms as f64 / DAY_MS as f64;
    let shown = |key: &Windowed<String>| format!("{}@{}+{}", key.key, key.window.start_ms, days(key.window.end_ms - key.window.start_ms));
    output.read_all().iter().map(|r| format!("{}={}", shown(&r.key), r.value.unwrap())).collect()
}

#[test]
fn months_are_as_long_as_they_are_and_a_topic_has_their_starts() {
    let driver = driver(per_month(0));
    let times = [date_ms(2024, 1, 31), date_ms(2024, 2, 1), date_ms(2024, 2, 29), date_ms(2024, 3, 1) - 1, date_ms(2023, 2, 5)];
    for time_ms in times {
        pipe(&driver, "in", &[(Some("a"), Some("x"), time_ms)]);
    }
    let (january, february) = (date_ms(2024, 1, 1), date_ms(2024, 2, 1));
    let expected = [format!("a@{january}+31=1"), format!("a@{february}+29=1"), format!("a@{february}+29=2"), format!("a@{february}+29=3")];
    assert_eq!(read_counts(&driver, Months { offset_ms: 0 }), expected);
    // The last one is late, for both aggregations.
    assert_eq!(driver.dropped(), 2);
    let march = date_ms(2024, 3, 1);
    assert_eq!(read(&driver, "texts").last().unwrap(), &format!("[a@{february}/{march}]=xxx@{}", march - 1));
    assert_eq!(driver.window_store(PerMonth::COUNTS).unwrap().fetch("a", february), Some(3));
}

#[test]
fn months_of_a_time_zone_begin_when_it_is_midnight_there_and_none_before_1970() {
    let (driver, offset_ms) = (driver(per_month(2 * 3_600_000)), 2 * 3_600_000);
    let march = date_ms(2023, 3, 1) - offset_ms;
    pipe(&driver, "in", &[(Some("a"), None, 5), (Some("a"), None, march - 1), (Some("a"), None, march)]);
    let february = date_ms(2023, 2, 1) - offset_ms;
    assert_eq!(read_counts(&driver, Months { offset_ms }), [format!("a@{february}+28=1"), format!("a@{march}+31=1")]);
    // That of 1970 is in a month that began in 1969, which is no mistake.
    assert_eq!((driver.dropped(), driver.metrics().skipped_errors), (0, 0));
}

#[test]
fn suppress_and_results_on_close_wait_for_the_end_of_each() {
    let (months, ends) = (driver(per_month(0)), driver(at_their_end()));
    let hour_ms = 3_600_000;
    let (february, march, april) = (date_ms(2024, 2, 1), date_ms(2024, 3, 1), date_ms(2024, 4, 1));
    let first = format!("[a@{february}/{march}]=2@{}", february + 7);
    for (driver, topic) in [(&months, "final"), (&ends, "out")] {
        pipe(driver, "in", &[(Some("a"), None, february), (Some("a"), None, february + 7), (Some("b"), None, march + hour_ms - 1)]);
        assert!(read(driver, topic).is_empty());
        pipe(driver, "in", &[(Some("b"), None, march + hour_ms)]);
        assert_eq!(read(driver, topic), std::slice::from_ref(&first));
        pipe(driver, "in", &[(Some("b"), None, april + hour_ms - 1)]);
        assert!(read(driver, topic).is_empty());
        pipe(driver, "in", &[(Some("c"), None, april + hour_ms)]);
        assert_eq!(read(driver, topic), [format!("[b@{march}/{april}]=2@{}", march + hour_ms)]);
    }
}

/// Of different lengths, some of which overlap, with a gap from 70 to 80.
const LIST: &[(i64, i64)] = &[(0, 10), (10, 40), (20, 40), (30, 70), (80, 90), (90, 130), (130, 1_000)];

#[test]
fn a_record_is_in_all_of_its_windows_and_left_out_of_those_that_are_closed() {
    let driver = driver(of_list(listed(LIST), 5));
    let records = [("a", 35), ("b", 5), ("a", 44), ("a", 39), ("a", 75), ("a", 31), ("b", 85)];
    for (key, time_ms) in records {
        pipe(&driver, "in", &[(Some(key), None, time_ms)]);
    }
    // At 44 the two windows that end at 40 are not closed. 75 closes them and the one that ends at
    // 70, and is in none itself.
    assert_eq!(read(&driver, "out"), ["[a@10/40]=2@39", "[a@20/40]=2@39", "[a@30/70]=3@44"]);
    // 5 is late at once, 31 for three windows.
    assert_eq!(driver.dropped(), 1 + 3);
    driver.restart().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 31), (Some("a"), None, 96)]);
    assert_eq!(read(&driver, "out"), ["[b@80/90]=1@85"]);
    assert_eq!(driver.dropped(), 4 + 3, "what was sent stays closed");
    driver.advance_wall_clock_ms(1_000).unwrap();
    assert_eq!(read(&driver, "out"), ["[a@90/130]=1@96"], "what has waited is sent");
    driver.restart().unwrap();
    driver.advance_wall_clock_ms(1_000).unwrap();
    assert_eq!(read(&driver, "out"), ["[a@90/130]=1@96"], "it waits anew after a restart");
}

#[test]
fn they_are_windows_of_cogroups_and_of_joins_of_tables() {
    let driver = TestDriver::builder(folded(listed(LIST))).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("xyz"), 85), (Some("a"), None, 86)]);
    pipe(&driver, "others", &[(Some("a"), None, 89), (Some("a"), None, 35)]);
    // Each stream has its own stream time, by which its own records are late.
    assert_eq!(read(&driver, "sums"), ["[a@80/90]=1@85", "[a@80/90]=2@86", "[a@80/90]=12@89"]);
    assert_eq!(driver.dropped(), 3, "once for each of the windows that are closed");
    assert_eq!(read(&driver, "both"), ["[a@80/90]=1/3@85", "[a@80/90]=2/3@86", "[a@80/90]=12/3@89"]);
}

/// Windows that are wrong in one way or another.
#[derive(Clone, Copy)]
enum Wrong {
    EndsBefore,
    TooLong,
    OfAnotherTime,
    NotInOrder,
    /// One end for even times, another for odd ones.
    TwoEnds,
    /// Right but for the times from 100 to 110.
    FromHundred,
}

impl CustomWindows for Wrong {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let start_ms = time_ms - time_ms.rem_euclid(10);
        let windows = match self {
            Wrong::EndsBefore => vec![(start_ms, start_ms - 10)],
            Wrong::TooLong => vec![(start_ms, start_ms + 11)],
            Wrong::OfAnotherTime => vec![(start_ms + 10, start_ms + 20)],
            Wrong::NotInOrder => vec![(start_ms, start_ms + 10), (start_ms - 5, start_ms + 5)],
            Wrong::TwoEnds => vec![(start_ms, start_ms + 9 + time_ms % 2)],
            Wrong::FromHundred => vec![(start_ms, if start_ms == 100 { start_ms } else { start_ms + 10 })],
        };
        windows.into_iter().map(|(start_ms, end_ms)| Window { start_ms, end_ms })
    }

    fn size_ms(&self) -> i64 {
        10
    }
}

topology! {
    fn wrongly(windows: Wrong) -> Wrongly {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(custom(*windows)).count();
        counts.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn wrongly_closed(grace_ms: u64) -> WronglyClosed {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(custom(Wrong::FromHundred).grace(millis(*grace_ms))).emit_on_close().count();
        counts.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }
}

#[test]
fn windows_that_cannot_be_are_an_error_with_the_window_and_no_row() {
    for (windows, time_ms, reason) in [
        (Wrong::EndsBefore, 25, "Wrong: the window from 20 to 10 ms does not contain the time 25 ms"),
        (Wrong::TooLong, 25, "Wrong: the window from 20 to 31 ms is longer than 10 ms"),
        (Wrong::OfAnotherTime, 25, "Wrong: the window from 30 to 40 ms does not contain the time 25 ms"),
        (Wrong::NotInOrder, 23, "Wrong: `windows_of` gave the window from 15 to 25 ms behind that from 20 to 30 ms"),
        (Wrong::TwoEnds, 23, "Wrong: the window from 20 to 30 ms, which `windows_of` gave for the time 23 ms, is not among those"),
        (Wrong::FromHundred, 100, "Wrong: the window from 100 to 100 ms does not contain the time 100 ms"),
    ] {
        let failing = driver(wrongly(windows));
        let error = try_pipe(&failing, "in", Some("a"), None, time_ms).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("node `counts`") && error.contains("in-0 offset 0"), "{error}");
        // The process handler may leave the record out.
        let driver = TestDriver::builder(wrongly(windows)).on_process_error(OnError::Continue).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), None, time_ms)]);
        assert_eq!((driver.metrics().skipped_errors, read(&driver, "out")), (1, vec![]));
        assert!(driver.window_store(Wrongly::COUNTS).unwrap().all_with_timestamps().is_empty());
    }
}

/// What has closed is not known then, and results would be lost: the task ends, whatever the
/// process handler says.
#[test]
fn windows_that_are_wrong_when_they_close_are_an_error() {
    let driver = TestDriver::builder(wrongly_closed(10)).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 95), (Some("a"), None, 106)]);
    assert_eq!(driver.metrics().skipped_errors, 1, "the record itself");
    let error = try_pipe(&driver, "in", Some("a"), None, 115).unwrap_err().to_string();
    let reason = "Wrong: the window from 100 to 100 ms does not contain the time 105 ms";
    assert!(error.contains(reason) && error.contains("node `counts`"), "{error}");
    assert!(read(&driver, "out").is_empty());
}

topology! {
    fn too_short(keep_ms: u64) -> TooShort {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(custom(Wrong::FromHundred).grace(millis(5))).count().retention(millis(*keep_ms));
        counts.to_stream().to("out");
    }

    fn without_size(windows: Listed) -> WithoutSize {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(custom(windows.clone())).count();
        counts.to_stream().to("out");
    }
}

#[test]
fn what_size_says_is_looked_at_before_the_start() {
    let problem = TestDriver::new(too_short(14)).err().unwrap().to_string();
    assert!(problem.contains("a retention of 14 ms is too short: these windows take records for 15 ms"), "{problem}");
    assert!(TestDriver::new(too_short(15)).is_ok());
    let problem = TestDriver::new(without_size(Listed { size_ms: 0, ..listed(LIST) })).err().unwrap().to_string();
    let expected =
        "`windowed_by` of `counts`, `custom(windows.clone())`: the longest window of Listed has 0 ms: `size_ms` must say at least 1";
    assert!(problem.contains(expected), "{problem}");
}

/// Hopping windows by hand.
#[derive(Clone, Copy)]
struct Hops {
    size_ms: i64,
    advance_ms: i64,
}

impl CustomWindows for Hops {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let Hops { size_ms, advance_ms } = *self;
        let first = (time_ms - size_ms).div_euclid(advance_ms) + 1;
        (first..=time_ms / advance_ms).map(move |n| Window { start_ms: n * advance_ms, end_ms: n * advance_ms + size_ms })
    }

    fn size_ms(&self) -> i64 {
        self.size_ms
    }
}

topology! {
    fn by_hand(size_ms: u64, advance_ms: u64) -> ByHand {
        let input: Stream<Text, Text> = stream("in");
        let windows = input.group_by_key().windowed_by(custom(Hops { size_ms: *size_ms as i64, advance_ms: *advance_ms as i64 }).grace(millis(7)));
        let counts: Table<Windowed<String>, u64> = windows.count();
        let texts: Table<Windowed<String>, String> = windows.reduce(|there, v| format!("{there}{}", v.as_deref().unwrap_or("-")));
        let on_close = input
            .group_by_key()
            .windowed_by(custom(Hops { size_ms: *size_ms as i64, advance_ms: *advance_ms as i64 }).grace(millis(7)))
            .emit_on_close()
            .flush_after(millis(300));
        let closed: Table<Windowed<String>, String> = on_close.aggregate(String::new, |_, v, all| all + v.as_deref().unwrap_or("-"));
        counts.to_stream().to("counts");
        texts.to_stream().map(|k, v| (k.to_string(), v.clone())).to("texts");
        closed.to_stream().map(|k, v| (k.to_string(), v.clone())).to("closed");
        counts.suppress(until_window_closes()).named("last").to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("last");
    }

    fn built_in(size_ms: u64, advance_ms: u64) -> BuiltIn {
        let input: Stream<Text, Text> = stream("in");
        let windows = input.group_by_key().windowed_by(hopping(millis(*size_ms), millis(*advance_ms)).grace(millis(7)));
        let counts: Table<Windowed<String>, u64> = windows.count();
        let texts: Table<Windowed<String>, String> = windows.reduce(|there, v| format!("{there}{}", v.as_deref().unwrap_or("-")));
        let on_close =
            input.group_by_key().windowed_by(hopping(millis(*size_ms), millis(*advance_ms)).grace(millis(7))).emit_on_close().flush_after(millis(300));
        let closed: Table<Windowed<String>, String> = on_close.aggregate(String::new, |_, v, all| all + v.as_deref().unwrap_or("-"));
        counts.to_stream().to("counts");
        texts.to_stream().map(|k, v| (k.to_string(), v.clone())).to("texts");
        closed.to_stream().map(|k, v| (k.to_string(), v.clone())).to("closed");
        counts.suppress(until_window_closes()).named("last").to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("last");
    }
}

/// Everything that came out, changelogs and headers too.
fn outputs(driver: &TestDriver) -> Vec<String> {
    driver.take_outputs().iter().map(|record| format!("{record:?}")).collect()
}

#[test]
fn tumbling_and_hopping_windows_by_hand_are_those_that_are_built_in() {
    // Numbers from a fixed seed, so that a failure can be repeated.
    let mut state = 7_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for (size_ms, advance_ms) in [(300_000, 300_000), (50, 50), (50, 20), (50, 7)] {
        for cache_max_bytes in [0, 200, 1 << 20] {
            let own = TestDriver::builder(by_hand(size_ms, advance_ms)).cache_max_bytes(cache_max_bytes).build().unwrap();
            let built_in = TestDriver::builder(built_in(size_ms, advance_ms)).cache_max_bytes(cache_max_bytes).build().unwrap();
            let (mut time_ms, mut seen) = (0, 0);
            for step in 0..250 {
                time_ms += next(size_ms / 3) as i64;
                let record_ms = (time_ms - next(2 * size_ms) as i64).max(0);
                let (key, value) = (["a", "b", "c"][next(3) as usize], [Some("x"), Some("y"), None][next(3) as usize]);
                let turn = next(20);
                for driver in [&own, &built_in] {
                    pipe(driver, "in", &[(Some(key), value, record_ms)]);
                    match turn {
                        0 => driver.commit().unwrap(),
                        1 => driver.restart().unwrap(),
                        2 => driver.advance_wall_clock_ms(200).unwrap(),
                        _ => {}
                    }
                }
                let (found, expected) = (outputs(&own), outputs(&built_in));
                seen += expected.len();
                assert_eq!(found, expected, "step {step}, size {size_ms}, advance {advance_ms}, cache {cache_max_bytes}");
                assert_eq!(own.dropped(), built_in.dropped());
            }
            let rows = own.window_store(ByHand::COUNTS).unwrap().all_with_timestamps();
            assert_eq!(rows, built_in.window_store(BuiltIn::COUNTS).unwrap().all_with_timestamps());
            assert!(seen > 100 && !rows.is_empty(), "{seen}");
        }
    }
}

#[test]
fn a_key_whose_start_no_window_has_is_an_error() {
    let codec = TimeWindowed::in_windows(Utf8, listed(LIST));
    let (mut bytes, mut slot) = (Vec::new(), Default::default());
    for (start_ms, end_ms) in [(20, 40), (30, 70)] {
        let key = Windowed { key: "a".to_owned(), window: Window { start_ms, end_ms } };
        bytes.clear();
        codec.encode(&key, &mut bytes).unwrap();
        let found: Result<&Windowed<String>, _> = codec.decode(Some(&bytes), &mut slot);
        assert_eq!(found, Ok(&key));
    }
    let bytes = [b"a", &21_i64.to_be_bytes()[..]].concat();
    let found: Result<&Windowed<String>, _> = codec.decode(Some(&bytes), &mut slot);
    assert!(found.unwrap_err().to_string().starts_with("Listed: `windows_of` gives no window that starts at 21 ms"));
}

#[test]
fn what_is_late_is_told_with_the_window_that_has_closed() {
    let told: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
    let kept = Arc::clone(&told);
    let on_dropped = OnDropped::Custom(Arc::new(move |record| {
        if let DropReason::Late { window, .. } = record.reason {
            kept.lock().unwrap().push((window.start_ms, window.end_ms));
        }
        OnDropped::Continue
    }));
    let driver = TestDriver::builder(of_list(listed(LIST), 0)).on_dropped(on_dropped).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), None, 70), (Some("a"), None, 35)]);
    assert_eq!(*told.lock().unwrap(), [(10, 40), (20, 40), (30, 70)]);
}

topology! {
    fn queried(windows: Listed) -> Queried {
        let input: Stream<String, String> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(custom(windows.clone())).count();
        counts.to_stream().to("out");
    }
}

/// Queries tell the ends, and say so where a row has a start that the windows know no more.
#[tokio::test]
async fn queries_of_an_application_know_the_ends_also_after_a_restart() {
    let log = EmbeddedLog::in_memory();
    for topic in ["in", "out"] {
        log.create_topic(topic, 1).unwrap();
    }
    for timestamp_ms in [35, 95] {
        log.append("in", Some(0), NewRecord { key: Some(b"a"), value: Some(b"v"), timestamp_ms, offset: 0 }).unwrap();
    }
    let start = |windows: Listed| {
        let streams = Streams::new(queried(windows)).application_id("app").embedded_log(log.clone());
        async move { streams.start().await.unwrap() }
    };
    let window = |start_ms, end_ms| Window { start_ms, end_ms };
    let wide = Listed { size_ms: 1_000, ..listed(LIST) };
    for _ in 0..2 {
        let app = start(wide.clone()).await;
        app.drained().await.unwrap();
        let counts = app.store(Queried::COUNTS);
        let expected = [(window(10, 40), 1), (window(20, 40), 1), (window(30, 70), 1), (window(90, 130), 1)];
        assert_eq!(counts.fetch("a", ..).await.unwrap(), expected);
        let all = counts.fetch_all(25..).await.unwrap();
        assert_eq!(all.iter().map(|(key, n)| (key.window, *n)).collect::<Vec<_>>(), expected[2..]);
        app.shutdown(std::time::Duration::from_secs(10)).await.unwrap();
    }
    // With other windows the rows that are there have starts of none.
    let app = start(Listed { windows: [(0, 15), (15, 1_000)].into(), size_ms: 1_000 }).await;
    app.drained().await.unwrap();
    let error = app.store(Queried::COUNTS).fetch("a", ..).await.unwrap_err().to_string();
    assert!(
        error.contains(
            "store `counts` holds a window that is none of its windows (Listed: `windows_of` gives no window that starts at 10 ms"
        ),
        "{error}"
    );
    let error = app.store(Queried::COUNTS).fetch_all(..).await.unwrap_err().to_string();
    assert!(error.contains("no window that starts at 10 ms"), "{error}");
    app.shutdown(std::time::Duration::from_secs(10)).await.unwrap();
}

topology! {
    fn mixed(windows: Listed, size_ms: u64) -> Mixed {
        let input: Stream<Text, Text> = stream("in");
        let grouped = input.group_by_key();
        let own: Table<Windowed<String>, u64> = grouped.windowed_by(custom(windows.clone())).count();
        let built_in: Table<Windowed<String>, u64> = grouped.windowed_by(tumbling(millis(*size_ms))).count();
        let others = built_in.to_stream();
        let all: Table<Windowed<String>, u64> = own.to_stream().merge(others).to_table();
        all.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }
}

/// The bytes of a key do not tell which of them it is in.
#[test]
fn keys_in_windows_of_two_kinds_have_the_end_that_both_agree_on_or_are_an_error() {
    let list = &[(0, 10), (10, 25)];
    let pipe_at = |size_ms, time_ms| {
        let driver = driver(mixed(listed(list), size_ms));
        try_pipe(&driver, "in", Some("a"), None, time_ms).map(|()| read(&driver, "out")).map_err(|error| error.to_string())
    };
    assert_eq!(pipe_at(10, 5).unwrap(), ["[a@0/10]=1@5", "[a@0/10]=1@5"]);
    let error = pipe_at(10, 12).unwrap_err();
    assert!(error.contains("a key's window starts at 10 ms, and ends at 25 or at 20 ms"), "{error}");
}
