//! The whole application on the embedded log.

use std::collections::BTreeMap;
use std::time::Duration;

use streams_runtime::OnDropped;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{Broker, OffsetAt, TopicPartition};
use streams_runtime::record::NewRecord;
use streams_runtime::{App, AppState, Error, StartupProblem, Streams, end_of_input};

use crate::topology::{WordCount, word_count};

fn value(text: &str) -> NewRecord<'_> {
    NewRecord { key: None, value: Some(text.as_bytes()), timestamp_ms: 1_000, offset: 0 }
}

fn text_log(partitions: i32, lines: usize) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    log.create_topic("text", partitions).unwrap();
    for line in 0..lines {
        let text = format!("line{} word{} the", line % 7, line % 1000);
        log.append("text", Some(line as i32 % partitions), value(&text)).unwrap();
    }
    log
}

fn expected(lines: usize) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for line in 0..lines {
        for word in [format!("line{}", line % 7), format!("word{}", line % 1000)] {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

/// The last value of each key of a topic.
fn last_values(log: &EmbeddedLog, topic: &str) -> BTreeMap<String, u64> {
    let mut last = BTreeMap::new();
    let partitions = log.topics(&[topic]).wait().unwrap()[0].as_ref().unwrap().partitions;
    for partition in 0..partitions {
        let batch = log.read(topic, partition, 0, usize::MAX).unwrap();
        for record in batch.iter() {
            let key = String::from_utf8(record.key.unwrap().to_vec()).unwrap();
            last.insert(key, u64::from_be_bytes(record.value.unwrap().try_into().unwrap()));
        }
    }
    last
}

fn app(log: &EmbeddedLog) -> Streams<WordCount> {
    Streams::new(word_count("text".to_owned(), 5)).application_id("wc").embedded_log(log.clone()).commit_interval(Duration::from_millis(50))
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_to_the_end_and_goes_on_after_a_restart() {
    let log = text_log(3, 20_000);
    app(&log).threads(2).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    assert_eq!(last_values(&log, "word-counts"), expected(20_000));
    for line in 20_000..21_000 {
        let text = format!("line{} word{}", line % 7, line % 1000);
        log.append("text", Some(0), value(&text)).unwrap();
    }
    app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    assert_eq!(last_values(&log, "word-counts"), expected(21_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_queries_with_what_it_has_counted() {
    let log = text_log(3, 2_000);
    let running = app(&log).start().await.unwrap();
    running.running().await.unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while running.store(WordCount::COUNTS).get("line0").await.ok().flatten() != Some(286) {
        assert!(std::time::Instant::now() < deadline, "{:?}", running.metrics());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let all: BTreeMap<String, u64> = running.store(WordCount::COUNTS).all().await.unwrap().into_iter().collect();
    assert_eq!(all, expected(2_000));
    assert_eq!(running.store(WordCount::COUNTS).get("nothing").await.unwrap(), None);
    assert_eq!(running.state(), AppState::Running);
    running.shutdown(Duration::from_secs(10)).await.unwrap();
}

async fn tasks_settle(apps: [&App<WordCount>; 2]) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let counts = apps.map(|a| (a.metrics().running_tasks, a.metrics().tasks));
        if counts.iter().all(|(running, all)| running == all && *all > 0) && counts[0].0 + counts[1].0 == 3 + 3 + 4 {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_share_the_tasks_and_lose_nothing() {
    let log = text_log(3, 5_000);
    let first = app(&log).start().await.unwrap();
    first.running().await.unwrap();
    let second = app(&log).start().await.unwrap();
    // `text` has 3 partitions and so has the repartition topic of the counts; the other one has the 4 of `blocked`, which it is joined with.
    tasks_settle([&first, &second]).await;
    for line in 5_000..10_000 {
        let text = format!("line{} word{} the", line % 7, line % 1000);
        log.append("text", Some(line % 3), value(&text)).unwrap();
    }
    first.shutdown(Duration::from_secs(20)).await.unwrap();
    second.run_until(end_of_input()).await.unwrap();
    assert_eq!(last_values(&log, "word-counts"), expected(10_000));
}

#[tokio::test]
async fn a_start_names_everything_that_is_in_the_way() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("text", 3).unwrap();
    log.create_topic("word-counts", 3).unwrap();
    let broker = std::sync::Arc::new(log);
    let streams = Streams::new(word_count("text".to_owned(), 5)).application_id("wc").broker(broker);
    let error = streams.on_dropped(OnDropped::DeadLetter("left-out".into())).start().await.unwrap_err();
    let Error::Startup(problems) = error else { panic!("{error}") };
    let missing: Vec<&str> = problems
        .iter()
        .map(|p| match p {
            StartupProblem::MissingTopic { topic, .. } => topic.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(missing, ["blocked", "left-out", "short-words"]);

    let error = Streams::new(word_count("text".to_owned(), 5)).threads(0).start().await.unwrap_err();
    let Error::Startup(problems) = error else { panic!("{error}") };
    assert!(
        matches!(problems[..], [StartupProblem::NoApplicationId, StartupProblem::NoBroker, StartupProblem::Setting { .. }]),
        "{problems:?}"
    );
}

#[cfg(feature = "kafka")]
#[tokio::test]
async fn two_brokers_are_one_too_many() {
    let error = app(&EmbeddedLog::in_memory()).brokers("127.0.0.1:9").start().await.unwrap_err();
    assert!(matches!(&error, Error::Startup(problems) if problems[..] == [StartupProblem::TwoBrokers]), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_decoded_ends_the_application_and_is_not_committed() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("text", 1).unwrap();
    log.append("text", Some(0), value("good words")).unwrap();
    log.append("text", Some(0), NewRecord { key: None, value: Some(b"\xff\xfe"), timestamp_ms: 5, offset: 0 }).unwrap();
    let error = app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("text-0 offset 1") && text.contains("not UTF-8"), "{text}");
    let end = log.offsets(&[TopicPartition::new("text", 0)], OffsetAt::Latest, Default::default()).wait().unwrap();
    assert_eq!(end, [2]);
}
