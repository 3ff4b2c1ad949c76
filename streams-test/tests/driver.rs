//! The driver over a topology with repartition topics, a table and counts.

#![allow(clippy::unwrap_used)]

use streams_runtime::prelude::*;
use streams_test::{DriverError, TestDriver};

topology! {
    /// Counts words of at least `min_len` letters; of the others, writes those that are not blocked.
    fn word_count(input: String, min_len: usize) -> WordCount {
        let lines: Stream<Option<String>, String> = stream(input);
        let blocked: Table<String, String> = table("blocked");
        let (long, short) = lines
            .flat_map_values(|line, out| for word in line.split(' ') { out(word) })
            .split()
            .branch(|_, word| word.len() >= *min_len)
            .otherwise();
        let counts: Table<String, u64> = long.group_by(|_, word| word.to_owned()).count();
        counts.to_stream().to("word-counts");
        let allowed = short.select_key(|_, word| word.to_owned()).left_join(blocked, |word, b| (word.to_owned(), b.is_some()));
        allowed.filter(|_, (_, blocked)| !blocked).map_values(|(word, _)| word.clone()).to("short-words");
    }
}

/// Caches in two parts, one behind the other.
mod chained {
    use super::*;

    topology! {
        pub fn countries() -> Countries {
            let users: Table<String, String> = table("users");
            let by_country: Table<String, u64> = users.group_by(|user, country| (country.clone(), user.clone())).count();
            by_country.to_stream().to("by-country");
        }
    }
}

/// Sends each record to the topic, and at the time, that its value says.
struct Anywhere;

impl Processor<String, String> for Anywhere {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let time_ms = if r.value == "early" { -5 } else { r.timestamp_ms };
        out.forward_at(cx, r.key, r.value, time_ms);
        Ok(())
    }
}

topology! {
    fn anywhere() -> AnywhereTopology {
        let input: Stream<String, String> = stream("in");
        input.process(Anywhere).to(|_, value, _| value.clone());
    }
}

fn driver() -> TestDriver {
    TestDriver::new(word_count("text".to_owned(), 4)).unwrap()
}

#[test]
fn repartition_topics_are_looped_through() {
    let driver = driver();
    let text = driver.input::<Option<String>, str>("text").unwrap();
    let blocked = driver.input::<str, Option<String>>("blocked").unwrap();
    let counts = driver.output::<String, u64>("word-counts");
    let short = driver.output::<String, String>("short-words");

    blocked.pipe_at("or", Some("x".to_owned()), 1).unwrap();
    text.pipe_at(None, "words count or words do not", 5).unwrap();
    let counted = counts.read_all();
    assert_eq!(
        counted.iter().map(|r| (&r.key[..], r.value, r.timestamp_ms)).collect::<Vec<_>>(),
        [("words", 1, 5), ("count", 1, 5), ("words", 2, 5)]
    );
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect::<Vec<_>>();
    assert_eq!(short.read_pairs(), pairs(&[("do", "do"), ("not", "not")]));

    blocked.pipe_at("or", None, 9).unwrap();
    text.pipe_with_headers(Some("k".to_owned()), "or", 3, &[("trace", Some(b"7"))]).unwrap();
    let record = short.read().unwrap();
    assert_eq!((&record.key[..], record.timestamp_ms, record.headers.last("trace")), ("or", 3, Some(Some(&b"7"[..]))));
    assert!(short.is_empty() && counts.is_empty());

    assert_eq!(driver.store(WordCount::COUNTS).unwrap().all_with_timestamps(), [("count".to_owned(), 1, 5), ("words".to_owned(), 2, 5)]);
    assert_eq!(driver.store(WordCount::COUNTS).unwrap().get("words"), Some(2));
    assert_eq!(driver.dropped(), 0);
    assert_eq!(driver.read_raw("test-counts-changelog").unwrap().value.unwrap(), 1u64.to_be_bytes());
}

#[test]
fn a_cache_holds_changes_back_until_the_commit() {
    let driver = TestDriver::builder(word_count("text".to_owned(), 4)).cache_max_bytes(1 << 20).build().unwrap();
    let text = driver.input::<Option<String>, str>("text").unwrap();
    let counts = driver.output::<String, u64>("word-counts");
    text.pipe_at(None, "words count words", 5).unwrap();
    assert!(counts.is_empty());
    assert_eq!(driver.store(WordCount::COUNTS).unwrap().get("words"), Some(2));
    driver.commit().unwrap();
    assert_eq!(counts.read_pairs(), [("words".to_owned(), 2), ("count".to_owned(), 1)]);
    // Three words through the repartition topic and two counts; two rows in the changelog.
    let counted = || (driver.metrics().records_out, driver.metrics().changelog_records);
    assert_eq!(counted(), (5, 2));
    driver.restart().unwrap();
    assert_eq!(counted(), (5, 2));
}

#[test]
fn what_waits_in_the_caches_of_several_parts_outlives_a_restart() {
    let driver = TestDriver::builder(chained::countries()).cache_max_bytes(1 << 20).build().unwrap();
    driver.input::<str, str>("users").unwrap().pipe("ann", "fr").unwrap();
    driver.restart().unwrap();
    assert_eq!(driver.store(chained::Countries::BY_COUNTRY).unwrap().get("fr"), Some(1));
    driver.input::<str, str>("users").unwrap().pipe("bob", "fr").unwrap();
    driver.close().unwrap();
    let counts = driver.output::<String, Option<u64>>("by-country").read_pairs();
    assert_eq!(counts.last(), Some(&("fr".to_owned(), Some(2))), "all caches are emptied at the end");
}

#[test]
fn topics_and_times_that_kafka_does_not_take_are_errors() {
    let told = |value: &str| {
        let driver = TestDriver::new(anywhere()).unwrap();
        driver.input::<str, str>("in").unwrap().pipe_at("k", value, 7).map_err(|e| e.to_string())
    };
    assert_eq!(told("fine"), Ok(()));
    let error = told("no good").unwrap_err();
    assert!(error.contains("only ASCII letters, digits, `.`, `_` and `-` are allowed in a name"), "{error}");
    let error = told("early").unwrap_err();
    assert!(error.contains("a result cannot be written at in-0 offset 0") && error.contains("its time is -5 ms"), "{error}");
}

#[test]
fn the_wall_clock_stops_at_its_end() {
    let driver = TestDriver::builder(anywhere()).wall_clock_start_ms(i64::MAX - 5).build().unwrap();
    driver.advance_wall_clock_ms(100).unwrap();
    assert_eq!(driver.wall_clock_ms(), i64::MAX);
}

#[test]
fn wrong_names_list_the_right_ones() {
    let driver = driver();
    let error = driver.input::<str, str>("txt").unwrap_err();
    assert_eq!(error.to_string(), "the topology does not read topic `txt`; it reads `blocked`, `text`");
    let error = driver.store(StoreName::<String, u64>::new("count")).unwrap_err();
    assert_eq!(error.to_string(), "the topology has no store `count`; it has `blocked`, `counts`");
    let error = driver.store(StoreName::<String, i32>::new("counts")).unwrap_err();
    assert!(matches!(error, DriverError::StoreType { .. }), "{error}");
}

#[test]
fn an_error_says_where_and_ends_the_driver() {
    let driver = driver();
    let text = driver.input::<Option<String>, str>("text").unwrap();
    let error = text.pipe_raw(None, Some(&[0xff]), 4).unwrap_err();
    let expected = "a record cannot be decoded at text-0 offset 0 (node `lines`, timestamp 4): value: not UTF-8 text: \
        invalid utf-8 sequence of 1 bytes from index 0";
    assert_eq!(error.to_string(), expected);
    assert!(matches!(text.pipe(None, "more").unwrap_err(), DriverError::Stopped));
}

#[test]
fn records_that_fail_go_where_the_handler_says() {
    let driver = TestDriver::builder(word_count("text".to_owned(), 4)).on_decode_error(OnError::DeadLetter("dead".into())).build().unwrap();
    let text = driver.input::<Option<String>, str>("text").unwrap();
    text.pipe_raw(Some(b"k"), Some(&[0xff]), 4).unwrap();
    text.pipe(None, "more").unwrap();
    let dead = driver.output::<String, Vec<u8>>("dead").read().unwrap();
    assert_eq!((&dead.key[..], &dead.value[..], dead.timestamp_ms), ("k", &[0xff][..], 4));
    assert_eq!(dead.headers.last("__streams.errors.topic"), Some(Some(&b"text"[..])));
    assert_eq!(driver.metrics().skipped_errors, 1);
    assert_eq!(driver.output::<String, u64>("word-counts").read_pairs(), [("more".to_owned(), 1)]);
}

#[test]
fn a_closed_driver_can_be_read() {
    let driver = TestDriver::builder(word_count("text".to_owned(), 4)).cache_max_bytes(1 << 20).build().unwrap();
    let text = driver.input::<Option<String>, str>("text").unwrap();
    text.pipe(None, "words").unwrap();
    driver.close().unwrap();
    assert_eq!(driver.take_outputs().len(), 1);
    assert!(matches!(text.pipe(None, "more").unwrap_err(), DriverError::Stopped));
}
