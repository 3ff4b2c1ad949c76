//! What fails behind a cache, a buffer or a window is told with the record that made it, never with the one that happened to be at hand.

use std::sync::{Arc, Mutex};

use streams_runtime::{OnError, TaskError};

use super::*;

fn loud(value: Option<&String>) -> Result<Option<String>, String> {
    match value {
        Some(value) if value.contains("BAD") => Err(format!("{value} is bad")),
        other => Ok(other.cloned()),
    }
}

/// The end of each topology: rows of whatever key, of which bad ones fail.
macro_rules! topologies {
    ($($name:ident $type:ident |$input:ident| { $($body:tt)* } $last:ident of $key:ty;)*) => {
        topology! {
            $(fn $name() -> $type {
                let lines: Stream<String, String> = stream("in");
                let $input = lines.map_values(|v| v.to_uppercase());
                $($body)*
                $last.to_stream().try_map_values(|v| loud(v.as_ref())).map(|k, v| (format!("{k:?}"), v.clone())).to("out");
            })*
        }
    };
}

topologies! {
    reduced Reduced |i| {
        let last: Table<String, String> = i.group_by_key().reduce(|_, v| v.clone());
    } last of String;
    as_table AsTable |i| {
        let last: Table<String, String> = i.to_table();
    } last of String;
    mapped_table MappedTable |i| {
        let kept: Table<String, String> = i.to_table();
        let last: Table<String, String> = kept.map_values(|v| format!("{v}!")).named("kept-rows");
    } last of String;
    joined_tables JoinedTables |i| {
        let left: Table<String, String> = i.to_table();
        let right: Table<String, String> = i.group_by_key().reduce(|_, v| v.clone());
        let last: Table<String, String> = left.join(right, |l, r| format!("{l}{r}")).named("kept-rows");
    } last of String;
    tumbled Tumbled |i| {
        let last: Table<Windowed<String>, String> = i.group_by_key().windowed_by(tumbling(millis(50))).reduce(|_, v| v.clone());
    } last of Windowed<String>;
    slid Slid |i| {
        let last: Table<Windowed<String>, String> = i.group_by_key().windowed_by(sliding(millis(50)).grace(millis(9_000_000))).reduce(|_, v| v.clone());
    } last of Windowed<String>;
    in_sessions InSessions |i| {
        let last: Table<Windowed<String, SessionWindow>, String> = i.group_by_key().windowed_by(sessions(millis(5)).grace(millis(9_000_000))).reduce(|_, v| v.clone());
    } last of Windowed<String, SessionWindow>;
    cogrouped Cogrouped |i| {
        let last: Table<String, String> = i.group_by_key().cogroup(|_, v, _| v.clone()).aggregate(String::new);
    } last of String;
    tumbled_on_close TumbledOnClose |i| {
        let last: Table<Windowed<String>, String> = i.group_by_key().windowed_by(tumbling(millis(50)).grace(millis(5))).emit_on_close().reduce(|_, v| v.clone());
    } last of Windowed<String>;
    slid_on_close SlidOnClose |i| {
        let last: Table<Windowed<String>, String> = i.group_by_key().windowed_by(sliding(millis(50)).grace(millis(5))).emit_on_close().reduce(|_, v| v.clone());
    } last of Windowed<String>;
    sessions_on_close SessionsOnClose |i| {
        let last: Table<Windowed<String, SessionWindow>, String> = i.group_by_key().windowed_by(sessions(millis(5)).grace(millis(5))).emit_on_close().reduce(|_, v| v.clone());
    } last of Windowed<String, SessionWindow>;
    suppressed Suppressed |i| {
        let kept: Table<String, String> = i.to_table();
        let last = kept.suppress(until_time_limit(millis(40)));
    } last of String;
    suppressed_windows SuppressedWindows |i| {
        let kept: Table<Windowed<String>, String> = i.group_by_key().windowed_by(tumbling(millis(50)).grace(millis(5))).reduce(|_, v| v.clone());
        let last = kept.suppress(until_window_closes());
    } last of Windowed<String>;
}

topology! {
    fn from_table() -> FromTable {
        let lines: Table<String, String> = table("in");
        let last: Table<String, String> = lines.map_values(|v| v.to_uppercase()).named("kept-rows");
        last.to_stream().try_map_values(|v| loud(v.as_ref())).to("out");
    }

    fn without_partner() -> WithoutPartner {
        let lines: Stream<String, String> = stream("in");
        let others: Stream<String, String> = stream("others");
        let loud_lines = lines.map_values(|v| v.to_uppercase());
        let joined = loud_lines.left_join(others, |l, r| format!("{l}{r:?}"), within(millis(20)).grace(millis(5)));
        joined.try_map_values(|v| loud(Some(v))).to("out");
    }

    fn held() -> Held {
        let rates: Table<String, String> = table("rates").versioned(minutes(10));
        let lines: Stream<String, String> = stream("in");
        let loud_lines = lines.map_values(|v| v.to_uppercase());
        let joined = loud_lines.left_join(rates, |l, r| format!("{l}{r:?}")).grace(millis(40));
        joined.try_map_values(|v| loud(Some(v))).to("out");
    }
}

type Make = fn(usize, OnError) -> TestDriver;

macro_rules! all {
    ($($name:ident),*) => {
        [$((stringify!($name), (|cache, handler| {
            TestDriver::builder($name()).cache_max_bytes(cache).on_process_error(handler).build().unwrap()
        }) as Make)),*]
    };
}

fn every_way() -> Vec<(&'static str, Make)> {
    let ways = all![
        reduced,
        as_table,
        mapped_table,
        joined_tables,
        tumbled,
        slid,
        in_sessions,
        cogrouped,
        tumbled_on_close,
        slid_on_close,
        sessions_on_close,
        suppressed,
        suppressed_windows,
        from_table,
        without_partner,
        held
    ];
    ways.to_vec()
}

/// The culprit is the fourth record; the last one closes whatever is open.
fn pipe_all(driver: &TestDriver) {
    for n in 0..60 {
        let (key, value) = if n == 3 { ("culprit".to_owned(), "bad".to_owned()) } else { (format!("innocent-{n}"), format!("good-{n}")) };
        pipe(driver, "in", &[(Some(&key), Some(&value), 1_000 + n)]);
    }
    driver.commit().unwrap();
    pipe(driver, "in", &[(Some("last"), Some("last"), 1_000_000)]);
    driver.commit().unwrap();
}

#[test]
fn a_dead_letter_is_the_record_that_made_the_row_whatever_it_waited_in() {
    for (way, make) in every_way() {
        for cache in [0, 2_000, 10 << 20] {
            let driver = make(cache, OnError::DeadLetter("dead".into()));
            pipe_all(&driver);
            let mut letters = 0;
            while let Some(dead) = driver.read_raw("dead") {
                letters += 1;
                let at = format!("{way}, cache {cache}");
                assert_eq!((dead.key.as_deref(), dead.value.as_deref()), (Some(&b"culprit"[..]), Some(&b"bad"[..])), "{at}");
                assert_eq!(dead.timestamp_ms, 1_003, "{at}: its own time in its topic");
                let header = |name: &str| String::from_utf8(dead.headers.last(name).flatten().unwrap().to_vec()).unwrap();
                assert_eq!(header("trace"), "1003", "{at}");
                let place = ["topic", "partition", "offset"].map(|name| header(&format!("__streams.errors.{name}")));
                assert_eq!(place, ["in", "0", "3"], "{at}");
                assert!(header("__streams.errors.message").starts_with("BAD"), "{at}");
            }
            assert!(letters > 0, "{way}, cache {cache}: something failed");
            assert!(!read(&driver, "out").is_empty(), "{way}, cache {cache}: the others went on");
        }
    }
}

#[test]
fn an_error_names_the_record_that_made_the_row_or_none() {
    for (way, make) in every_way() {
        for cache in [0, 2_000, 10 << 20] {
            let told = Arc::<Mutex<Vec<(String, i64)>>>::default();
            let heard = Arc::clone(&told);
            let handler = OnError::Custom(Arc::new(move |error: &TaskError| {
                heard.lock().unwrap().push((error.topic.to_string(), error.offset));
                OnError::Continue
            }));
            pipe_all(&make(cache, handler));
            let told = told.lock().unwrap();
            assert!(!told.is_empty() && told.iter().all(|place| *place == ("in".to_owned(), 3)), "{way}, cache {cache}: {told:?}");

            // Without a handler that asks for records less may be known, but never another record.
            let driver = make(cache, OnError::Fail);
            let mut error = None;
            for n in 0..60 {
                let (key, value) = if n == 3 { ("culprit", "bad") } else { ("innocent", "good") };
                error = error.or_else(|| try_pipe(&driver, "in", Some(key), Some(value), 1_000 + n).err());
            }
            error = error.or_else(|| driver.commit().err());
            let error =
                error.or_else(|| try_pipe(&driver, "in", Some("last"), Some("last"), 1_000_000).err()).or_else(|| driver.commit().err());
            let error = error.unwrap().to_string();
            let known = error.contains("in-0 offset 3") || error.contains("outside of a record");
            assert!(known, "{way}, cache {cache}: {error}");
        }
    }
}

#[test]
fn a_processor_behind_a_cache_sees_where_its_row_comes_from() {
    topology! {
        fn places() -> Places {
            let lines: Stream<String, String> = stream("in");
            let last: Table<String, String> = lines.group_by_key().reduce(|_, v| v.clone());
            last.to_stream().to(|_, _, cx| format!("{}-{}-{}", cx.topic(), cx.partition(), cx.offset()));
        }
    }
    let driver = TestDriver::builder(places()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("b"), Some("2"), 2), (Some("a"), Some("3"), 3)]);
    driver.commit().unwrap();
    assert_eq!((read(&driver, "in-0-2"), read(&driver, "in-0-1")), (vec!["a=3@3".to_owned()], vec!["b=2@2".to_owned()]));
}

#[test]
fn what_has_waited_through_a_restart_keeps_its_place() {
    for (way, make) in every_way().into_iter().filter(|(way, _)| ["held", "suppressed"].contains(way)) {
        let driver = make(0, OnError::DeadLetter("dead".into()));
        pipe(&driver, "in", &[(Some("a"), Some("good"), 1_000), (Some("culprit"), Some("bad"), 1_003)]);
        driver.restart().unwrap();
        pipe(&driver, "in", &[(Some("last"), Some("last"), 1_000_000)]);
        let dead = driver.read_raw("dead").unwrap();
        assert_eq!(dead.headers.last("__streams.errors.offset"), Some(Some(&b"1"[..])), "{way}");
        assert_eq!((dead.key, dead.value), (None, None), "{way}: its bytes are not known any more");
    }
}
