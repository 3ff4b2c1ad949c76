//! `.emit_on_close().flush_after(duration)`: results that the wall clock lets go.

use super::*;

topology! {
    fn flushed(after_ms: u64) -> Flushed {
        let input: Stream<String, String> = stream("in");
        let grouped = input.group_by_key();
        let tumble: Table<Windowed<String>, u64> =
            grouped.windowed_by(tumbling(millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(*after_ms)).count();
        let hop: Table<Windowed<String>, u64> =
            grouped.windowed_by(hopping(millis(20), millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(*after_ms)).count();
        let slide: Table<Windowed<String>, u64> =
            grouped.windowed_by(sliding(millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(*after_ms)).count();
        let visit: Table<Windowed<String, SessionWindow>, u64> =
            grouped.windowed_by(sessions(millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(*after_ms)).count();
        tumble.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("tumble");
        hop.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("hop");
        slide.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("slide");
        visit.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("visit");
    }

    fn deleted() -> Deleted {
        let input: Stream<String, String> = stream("in");
        let last: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(tumbling(millis(10)).grace(millis(5)))
            .emit_on_close()
            .flush_after(millis(100))
            .aggregate(|| None, |_, v, _| (v != "gone").then(|| v.clone()));
        last.to_stream().map(|key, v| (key.to_string(), v.clone())).to("out");
    }
}

const TOPICS: [&str; 4] = ["tumble", "hop", "slide", "visit"];

fn record(driver: &TestDriver, key: &str, time_ms: i64) {
    pipe(driver, "in", &[(Some(key), Some("v"), time_ms)]);
}

fn silent(driver: &TestDriver) {
    for topic in TOPICS {
        assert_eq!(read(driver, topic), [""; 0], "{topic}");
    }
}

#[test]
fn the_last_windows_of_an_idle_stream_leave_by_the_clock() {
    for cache in [0, 1 << 20] {
        let driver = TestDriver::builder(flushed(100)).cache_max_bytes(cache).build().unwrap();
        record(&driver, "a", 103);
        record(&driver, "b", 104);
        driver.advance_wall_clock_ms(60).unwrap();
        record(&driver, "a", 105);
        driver.advance_wall_clock_ms(39).unwrap();
        silent(&driver);
        driver.advance_wall_clock_ms(1).unwrap();
        // Each as it is now, with its own time: they wait since their first records.
        assert_eq!(read(&driver, "tumble"), ["[a@100/110]=2@105", "[b@100/110]=1@104"]);
        assert_eq!(read(&driver, "hop"), ["[a@90/110]=2@105", "[a@100/120]=2@105", "[b@90/110]=1@104", "[b@100/120]=1@104"]);
        // A session that grew waits since then, and so do the sliding windows that the second
        // record made.
        assert_eq!(read(&driver, "slide"), ["[a@93/103]=1@103", "[b@94/104]=1@104"]);
        assert_eq!(read(&driver, "visit"), ["[b@104/104]=1@104"]);
        driver.advance_wall_clock_ms(60).unwrap();
        assert_eq!(read(&driver, "slide"), ["[a@95/105]=2@105", "[a@104/114]=1@105"]);
        assert_eq!(read(&driver, "visit"), ["[a@103/105]=2@105"]);
        // What was sent and has not changed is not sent again when it closes.
        record(&driver, "c", 1_000);
        silent(&driver);
        assert_eq!(driver.dropped(), 0);
    }
}

#[test]
fn a_record_after_that_makes_a_second_result() {
    let driver = driver(flushed(100));
    record(&driver, "a", 103);
    driver.advance_wall_clock_ms(100).unwrap();
    assert_eq!(read(&driver, "tumble"), ["[a@100/110]=1@103"]);
    record(&driver, "a", 106);
    driver.advance_wall_clock_ms(50).unwrap();
    assert_eq!(read(&driver, "tumble"), [""; 0]);
    // By its close: what is closed does not wait any more.
    record(&driver, "b", 120);
    assert_eq!(read(&driver, "tumble"), ["[a@100/110]=2@106"]);
    driver.advance_wall_clock_ms(50).unwrap();
    assert_eq!(read(&driver, "tumble"), [""; 0]);
    // By the clock.
    driver.advance_wall_clock_ms(50).unwrap();
    assert_eq!(read(&driver, "tumble"), ["[b@120/130]=1@120"]);
    record(&driver, "b", 121);
    driver.advance_wall_clock_ms(100).unwrap();
    assert_eq!(read(&driver, "tumble"), ["[b@120/130]=2@121"]);
    record(&driver, "a", 1_000);
    assert_eq!(read(&driver, "tumble"), [""; 0]);
}

#[test]
fn a_restart_lets_them_wait_anew() {
    let driver = driver(flushed(100));
    record(&driver, "z", 10);
    record(&driver, "a", 103);
    TOPICS.iter().for_each(|topic| drop(read(&driver, topic)));
    driver.advance_wall_clock_ms(60).unwrap();
    driver.restart().unwrap();
    driver.advance_wall_clock_ms(99).unwrap();
    silent(&driver);
    driver.advance_wall_clock_ms(1).unwrap();
    // Those that were closed before are not sent again.
    assert_eq!(read(&driver, "tumble"), ["[a@100/110]=1@103"]);
    assert_eq!(read(&driver, "hop"), ["[a@90/110]=1@103", "[a@100/120]=1@103"]);
    assert_eq!(read(&driver, "slide"), ["[a@93/103]=1@103"]);
    assert_eq!(read(&driver, "visit"), ["[a@103/103]=1@103"]);
}

#[test]
fn a_row_that_is_deleted_has_no_result() {
    let driver = driver(deleted());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 3), (Some("a"), Some("gone"), 4), (Some("b"), Some("y"), 5)]);
    driver.advance_wall_clock_ms(100).unwrap();
    assert_eq!(read(&driver, "out"), ["[b@0/10]=y@5"]);
    pipe(&driver, "in", &[(Some("a"), Some("z"), 6), (Some("c"), Some("v"), 100)]);
    assert_eq!(read(&driver, "out"), ["[a@0/10]=z@6"]);
}

topology! {
    fn failing(sessions_too: bool) -> Failing {
        let input: Stream<String, String> = stream("in");
        let grouped = input.group_by_key();
        let tumble: Table<Windowed<String>, u64> =
            grouped.windowed_by(tumbling(millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(100)).count();
        let visit: Table<Windowed<String, SessionWindow>, u64> =
            grouped.windowed_by(sessions(millis(10)).grace(millis(5))).emit_on_close().flush_after(millis(50)).count();
        tumble.to_stream().try_map(|key, n| if key.key == "b" { Err("no b") } else { Ok((key.to_string(), n.map(|n| n.to_string()))) }).to("tumble");
        visit
            .to_stream()
            .try_map(|key, n| if *sessions_too && key.key == "b" { Err("no b") } else { Ok((key.to_string(), n.map(|n| n.to_string()))) })
            .to("visit");
    }
}

/// Not the record that came last, and not the time of the clock.
#[test]
fn what_fails_by_the_clock_is_told_with_the_row_that_was_on_its_way() {
    for (sessions_too, node) in [(false, "tumble"), (true, "visit")] {
        let driver = driver(failing(sessions_too));
        for (key, time_ms) in [("a", 103), ("b", 104), ("c", 105)] {
            record(&driver, key, time_ms);
        }
        let error = driver.advance_wall_clock_ms(100).unwrap_err().to_string();
        assert!(error.contains(node) && error.contains("timestamp 104") && error.contains("no b"), "{error}");
    }
}
