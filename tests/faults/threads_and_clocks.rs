//! Whole applications whose threads fail and whose wall clock jumps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::time::clock::{Clock, ManualClock, SystemClock};
use streams_runtime::{AppState, Streams};

use super::setup::committed;

/// Text whose decoder panics at one word.
#[derive(Clone, Debug, PartialEq)]
struct Word(String);

impl StreamData for Word {
    type Codec = WordCodec;
    type Present = Word;
    type Stored = Word;

    fn present(&self) -> Option<&Word> {
        Some(self)
    }

    fn to_stored(&self) -> Option<Word> {
        Some(self.clone())
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct WordCodec;

impl Codec<Word> for WordCodec {
    type Slot = Option<Word>;

    fn encode(&self, word: &Word, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(word.0.as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Option<Word>) -> Result<&'a Word, CodecError> {
        let text = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        assert_ne!(text, "panic", "this word is not decoded");
        Ok(slot.insert(Word(text)))
    }
}

topology! {
    fn with_words() -> WithWords {
        let words: GlobalTable<String, Word> = global_table("words");
        let input: Stream<String, String> = stream("in");
        let joined = input.join(words, |key, _| key.clone(), |value, word| format!("{value}{}", word.0));
        joined.try_map_values(|value| if value.starts_with("bad") { Err("a bad value") } else { Ok(value.clone()) }).to("out");
    }

    fn counts() -> Counts {
        let input: Stream<String, String> = stream("in");
        let counts: Table<String, u64> = input.group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn put(log: &EmbeddedLog, topic: &str, key: &str, value: &str) {
    let record = NewRecord { key: Some(key.as_bytes()), value: Some(value.as_bytes()), timestamp_ms: 1, offset: 0 };
    log.append(topic, None, record).unwrap();
}

fn log_with(topics: &[&str]) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for topic in topics {
        log.create_topic(topic, 1).unwrap();
    }
    log
}

/// A failure is reported at once, also where a thread of its own follows global tables.
#[tokio::test(flavor = "multi_thread")]
async fn an_application_with_a_global_table_reports_its_failure_at_once() {
    let log = log_with(&["in", "out", "words"]);
    put(&log, "words", "k", "w");
    let app = Streams::new(with_words()).application_id("app").embedded_log(log.clone()).start().await.unwrap();
    app.running().await.unwrap();
    let begun = Instant::now();
    put(&log, "in", "k", "bad");
    let error = app.run_until(std::future::pending::<()>()).await.unwrap_err().to_string();
    assert!(error.contains("a bad value"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// Otherwise the table would be as it was for good, and nobody would know.
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_thread_that_reads_global_tables_ends_the_application() {
    let log = log_with(&["in", "out", "words"]);
    let app = Streams::new(with_words()).application_id("app").embedded_log(log.clone()).start().await.unwrap();
    app.running().await.unwrap();
    put(&log, "words", "k", "panic");
    let ended = tokio::time::timeout(Duration::from_secs(10), app.run_until(std::future::pending::<()>()));
    let error = ended.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("this word is not decoded"), "{error}");
}

async fn commits(log: &EmbeddedLog, offset: i64) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while committed(log, "in")[0] < offset {
        assert!(Instant::now() < deadline, "{:?} of {offset} are committed", committed(log, "in"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_that_jumps_ends_nothing_and_stops_no_commits() {
    let log = log_with(&["in", "out"]);
    let clock = Arc::new(ManualClock::new(SystemClock.now_ms()));
    let app = Streams::new(counts())
        .application_id("app")
        .embedded_log(log.clone())
        .clock(Arc::clone(&clock) as Arc<_>)
        .commit_interval(Duration::from_millis(20))
        .start()
        .await
        .unwrap();
    app.running().await.unwrap();
    for (offset, by_ms) in [(1, 3_600_000), (2, -7_200_000), (3, 10 * 365 * 86_400_000)] {
        clock.advance_ms(by_ms);
        tokio::time::sleep(Duration::from_millis(50)).await;
        put(&log, "in", "k", "v");
        commits(&log, offset).await;
        assert_eq!(app.state(), AppState::Running, "after {by_ms} ms: {:?}", app.failure());
    }
    app.shutdown(Duration::from_secs(10)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn intervals_without_end_are_that() {
    let log = log_with(&["in", "out"]);
    let app = Streams::new(counts())
        .application_id("app")
        .embedded_log(log.clone())
        .commit_interval(Duration::MAX)
        .max_poll_interval(Duration::MAX)
        .start()
        .await
        .unwrap();
    app.running().await.unwrap();
    put(&log, "in", "k", "v");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(app.state(), AppState::Running, "{:?}", app.failure());
    assert_eq!(committed(&log, "in"), [0], "nothing is committed before the end");
    app.shutdown(Duration::from_secs(10)).await.unwrap();
    assert_eq!(committed(&log, "in"), [1]);
}
