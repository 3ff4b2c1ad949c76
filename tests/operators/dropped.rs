//! Records that operators leave out: counted, and offered to the handler with the reason.

use std::sync::{Arc, Mutex};

use streams_runtime::{DropReason, OnDropped};

use super::*;

topology! {
    fn windows() -> Windows {
        let input: Stream<Text, Text> = stream("in");
        let hopped: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(hopping(millis(10), millis(5))).count();
        hopped.to_stream().to("out");
    }

    fn slid() -> Slid {
        let input: Stream<Text, Text> = stream("in");
        let slides: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(10))).count();
        slides.to_stream().to("out");
    }

    fn in_sessions() -> InSessions {
        let input: Stream<Text, Text> = stream("in");
        let visits: Table<Windowed<String, SessionWindow>, u64> = input.group_by_key().windowed_by(sessions(millis(10))).count();
        visits.to_stream().to("out");
    }

    fn all_kinds() -> AllKinds {
        let input: Stream<Text, Text> = stream("in");
        let others: Stream<Text, Text> = stream("others");
        let rows: Table<String, String> = table("rows");
        let passed: Table<String, String> = table("passed").without_store();
        let everywhere: GlobalTable<String, String> = global_table("everywhere");
        let counts: Table<String, u64> = input.group_by_key().count();
        let joined = input.join(rows, |v, row| format!("{v}{row}"));
        let looked_up = input.join(everywhere, |_, v| (v != "lost").then(|| v.clone()), |v, row| format!("{v}{row}"));
        let near = input.join(others, |l, r| format!("{l}{r}"), within(millis(5)));
        counts.to_stream().to("counts");
        joined.to("joined");
        looked_up.to("looked-up");
        near.to("near");
        passed.to_stream().to("passed-on");
    }
}

/// What was told, as `node: reason`.
fn told<T: Topology>(topology: T, pipe_all: impl FnOnce(&TestDriver)) -> Vec<String> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let handler = OnDropped::Custom(Arc::new(move |record| {
        telling.lock().unwrap().push(format!("{}: {}", record.node, record.reason.name()));
        OnDropped::Continue
    }));
    let driver = TestDriver::builder(topology).on_dropped(handler).build().unwrap();
    pipe_all(&driver);
    let told = told.lock().unwrap().clone();
    assert_eq!(driver.dropped(), told.len() as u64, "what is counted is told");
    told
}

#[test]
fn a_dead_letter_is_the_record_as_it_came_with_the_reason() {
    let driver = TestDriver::builder(windows()).on_dropped(OnDropped::DeadLetter("left-out".into())).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 20), (Some("b"), Some("late"), 12), (None, Some("y"), 21)]);
    let mut letters = Vec::new();
    while let Some(letter) = driver.read_raw("left-out") {
        let header = |name: &str| letter.headers.last(&format!("__streams.errors.{name}")).flatten();
        let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).unwrap_or_default();
        let names = ["exception", "message", "node", "topic", "partition", "offset"];
        let headers: Vec<String> = names.iter().map(|name| text(header(name))).collect();
        assert_eq!(letter.headers.last("trace").flatten(), Some(letter.timestamp_ms.to_string().as_bytes()));
        letters.push((text(letter.key.as_deref()), text(letter.value.as_deref()), letter.timestamp_ms, headers.join("|")));
    }
    let letter = |key: &str, value: &str, ms: i64, headers: &str| (key.to_owned(), value.to_owned(), ms, headers.to_owned());
    // Two windows were closed, and each is told.
    let expected = [
        letter("b", "late", 12, "late|the window 5/15 was closed at stream time 20|hopped|in|0|1"),
        letter("b", "late", 12, "late|the window 10/20 was closed at stream time 20|hopped|in|0|1"),
        letter("", "y", 21, "null key|the key is null|hopped|in|0|2"),
    ];
    assert_eq!(letters, expected);
    assert_eq!((driver.dropped(), driver.metrics().skipped_errors), (3, 0));
}

#[test]
fn a_function_is_told_everything_and_decides() {
    let handler = OnDropped::Custom(Arc::new(|record| {
        let DropReason::Late { window, stream_time_ms } = record.reason else { return OnDropped::Continue };
        assert_eq!((window.start_ms, window.end_ms, stream_time_ms), (0, 10, 40));
        assert_eq!((record.topic, record.partition, record.offset, record.timestamp_ms), ("in", 0, 2, 7));
        // The record before moved the time of the task, not that of the operator.
        assert_eq!((record.key, record.value, record.stream_time_ms), (Some(&b"a"[..]), Some(&b"x"[..]), 50));
        assert_eq!(record.headers.last("trace"), Some(Some(&b"7"[..])));
        OnDropped::DeadLetter("late".into())
    }));
    let driver = TestDriver::builder(slid()).on_dropped(handler).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 40), (Some("a"), None, 50), (Some("a"), Some("x"), 7)]);
    assert_eq!(read(&driver, "late"), ["a=x@7"]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn every_operator_says_its_reason() {
    let in_windows = told(windows(), |driver| {
        pipe(driver, "in", &[(Some("a"), Some("x"), 20), (Some("a"), None, 7), (None, Some("x"), 20), (Some("a"), Some("x"), -1)]);
    });
    assert_eq!(in_windows, ["hopped: late", "hopped: late", "hopped: null key", "input: negative timestamp"]);
    let slid = told(slid(), |driver| {
        pipe(driver, "in", &[(Some("a"), Some("x"), 30), (Some("a"), None, 30), (Some("a"), Some("x"), 20), (Some("a"), Some("x"), 9)]);
    });
    assert_eq!(slid, ["slides: null value", "slides: late", "slides: late"]);
    let sessions = told(in_sessions(), |driver| {
        pipe(driver, "in", &[(Some("a"), Some("x"), 100), (Some("b"), Some("x"), 70), (None, Some("x"), 100)]);
    });
    assert_eq!(sessions, ["visits: late", "visits: null key"]);
    let all = told(all_kinds(), |driver| {
        pipe(driver, "in", &[(Some("a"), None, 1), (None, Some("lost"), 2)]);
        pipe(driver, "rows", &[(None, Some("x"), 3)]);
        pipe(driver, "passed", &[(None, Some("x"), 3)]);
    });
    let no_value = ["counts: null value", "joined: null value", "looked_up: null value", "near: null value"];
    let no_key = ["counts: null key", "joined: null key", "looked_up: null foreign key", "near: null key"];
    assert_eq!(all, [&no_value[..], &no_key, &["rows: null key", "passed: null key"]].concat());
}
