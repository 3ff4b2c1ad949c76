//! One application, several handles of it.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use streams_runtime::{App, AppState, Error, StoreName, Streams, end_of_input};

use crate::topology::{WordCount, word_count};

const COUNTS: StoreName<String, u64> = StoreName::new("counts");

fn log_of(lines: &[&str]) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    log.create_topic("text", 1).unwrap();
    lines.iter().for_each(|line| write(&log, line.as_bytes()));
    log
}

fn write(log: &EmbeddedLog, value: &[u8]) {
    log.append("text", Some(0), NewRecord { key: None, value: Some(value), timestamp_ms: 1_000, offset: 0 }).unwrap();
}

fn streams(log: &EmbeddedLog) -> Streams<WordCount> {
    Streams::new(word_count("text".to_owned(), 5)).application_id("wc").embedded_log(log.clone()).commit_interval(Duration::from_millis(20))
}

async fn count(app: &App<WordCount>, word: &str) -> Option<u64> {
    app.store(COUNTS).get(word).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn handles_outlive_run_until_and_stop_it_from_anywhere() {
    let log = log_of(&["often often often"]);
    let app = streams(&log).start().await.unwrap();
    app.drained().await.unwrap();
    let handler = app.clone();
    let waiting = app.clone();
    let waiter = tokio::spawn(async move { waiting.stopped().await });
    let stopper = tokio::spawn(async move {
        assert_eq!(count(&handler, "often").await, Some(3));
        handler.stop();
        handler.shutdown(Duration::from_secs(10)).await
    });
    app.run_until(std::future::pending()).await.unwrap();
    stopper.await.unwrap().unwrap();
    waiter.await.unwrap().unwrap();
    assert_eq!((app.state(), app.metrics().records.records_in), (AppState::Stopped, 4), "the line, and its words after the repartition");
    assert!(app.failure().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_handle_stops_the_application_and_queries_do_not_hold_it() {
    let log = log_of(&[]);
    let app = streams(&log).start().await.unwrap();
    app.running().await.unwrap();
    let (mut states, store) = (app.states(), app.store(COUNTS));
    let other = app.clone();
    drop(app);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(other.state(), AppState::Running);
    drop(other);
    let ended = tokio::time::timeout(Duration::from_secs(10), states.wait_for(|state| *state == AppState::Stopped)).await;
    ended.expect("it stops").unwrap();
    store.get("often").await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_wait_get_the_failure_with_its_cause() {
    let log = log_of(&["good"]);
    write(&log, b"\xff\xfe");
    let app = streams(&log).start().await.unwrap();
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.run_until(end_of_input()).await })
        })
        .collect();
    for waiter in waiters {
        let error = waiter.await.unwrap().unwrap_err();
        let Error::Task { source, .. } = &error else { panic!("{error}") };
        assert_eq!((&*source.topic, source.offset), ("text", 1));
    }
    for error in [
        app.running().await.unwrap_err(),
        app.drained().await.unwrap_err(),
        app.shutdown(Duration::from_secs(1)).await.unwrap_err(),
        app.failure().unwrap(),
    ] {
        assert!(error.to_string().contains("text-0 offset 1"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_process_keeps_its_tasks_answers_queries_and_processes_nothing() {
    let log = log_of(&["often"]);
    let app = streams(&log).start().await.unwrap();
    app.drained().await.unwrap();
    app.pause();
    assert!(app.is_paused());
    app.drained().await.expect("nothing is left to do");
    write(&log, b"often");
    let busy = app.metrics().records;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(count(&app, "often").await, Some(1));
    assert_eq!((app.state(), app.metrics().records, app.tasks().is_empty()), (AppState::Running, busy, false));
    app.clone().resume();
    app.drained().await.unwrap();
    assert_eq!(count(&app, "often").await, Some(2));
    app.shutdown(Duration::from_secs(10)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_can_start_paused_and_can_stop_so() {
    let log = log_of(&["often"]);
    let app = streams(&log).paused().start().await.unwrap();
    app.running().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(count(&app, "often").await, None);
    app.shutdown(Duration::from_secs(10)).await.unwrap();
    // Nothing was processed, so nothing was committed: the next process does it.
    let app = streams(&log).start().await.unwrap();
    app.drained().await.unwrap();
    assert_eq!(count(&app, "often").await, Some(1));
}
