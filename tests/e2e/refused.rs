//! Results that Kafka refuses: it answers after the records were processed, and for whole batches.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use streams_runtime::prelude::*;
use streams_runtime::{ProduceErrorKind, Streams, end_of_input};

use crate::kafka::{self, Got, Send};

topology! {
    fn copy(from: String, to: String) -> Copied {
        let lines: Stream<Text, Vec<u8>> = stream(from);
        lines.to(to);
    }

    fn counted(from: String, to: String) -> Counted {
        let lines: Stream<Text, Vec<u8>> = stream(from);
        let last: Table<String, Vec<u8>> = lines.group_by_key().reduce(|_, line| line.clone());
        last.to_stream().map_values(|_| 1u64).to(to);
    }
}

type Text = Option<String>;

struct Refusing {
    id: String,
    input: String,
    output: String,
    dead: String,
}

fn refusing(settings: &[(&str, &str)]) -> Refusing {
    let [id, input, output, dead] = ["refused", "in", "out", "dead"].map(kafka::fresh);
    kafka::create(&input, 1);
    kafka::create(&dead, 1);
    kafka::create_with(&output, 1, settings);
    Refusing { id, input, output, dead }
}

fn app<T: Topology + 'static>(topology: T, of: &Refusing) -> Streams<T> {
    Streams::new(topology)
        .application_id(&of.id)
        .brokers(kafka::address())
        .commit_interval(Duration::from_millis(100))
        // Everything is one batch.
        .linger(Duration::from_millis(500))
}

fn copy_of(of: &Refusing) -> Copied {
    copy(of.input.clone(), of.output.clone())
}

fn keys(records: &[Got]) -> Vec<String> {
    records.iter().map(|got| got.key.clone().map_or("-".to_owned(), |key| String::from_utf8(key).unwrap())).collect()
}

/// Numbered records of several keys, of which each tenth is too large.
fn records() -> Vec<Send> {
    (0..100)
        .map(|n: i64| {
            let value = if n % 10 == 3 { vec![b'x'; 5_000] } else { n.to_string().into_bytes() };
            Send { headers: vec![("n".into(), Some(n.to_string().into_bytes()))], ..Send::keyed(format!("k{}", n % 7), value, 1_000 + n) }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_too_large_alone_is_refused_out_of_a_batch() {
    let of = refusing(&[("max.message.bytes", "2000")]);
    kafka::produce(&of.input, records());
    let app = app(copy_of(&of), &of).on_produce_error(OnProduceError::DeadLetter(of.dead.clone())).start().await.unwrap();
    app.run_until(end_of_input()).await.unwrap();
    let out = kafka::read(&of.output).remove(0);
    let mut numbers: Vec<i64> = out.iter().map(|got| String::from_utf8(got.value.clone().unwrap()).unwrap().parse().unwrap()).collect();
    // The last result of each key is the last one.
    for key in 0..7 {
        let last = (0..100).rfind(|n| n % 7 == key && n % 10 != 3);
        assert_eq!(numbers.iter().copied().rfind(|n| n % 7 == key), last, "{numbers:?}");
    }
    for got in &out {
        let n = String::from_utf8(got.value.clone().unwrap()).unwrap();
        assert_eq!((got.timestamp_ms, &got.headers), (1_000 + n.parse::<i64>().unwrap(), &vec![("n".to_owned(), Some(n.into_bytes()))]));
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (0..100).filter(|n| n % 10 != 3).collect::<Vec<i64>>(), "none is lost");
    let dead = kafka::read(&of.dead).remove(0);
    let offsets: Vec<String> = dead
        .iter()
        .map(|got| {
            let offset = got.headers.iter().find(|(name, _)| name == "__streams.errors.offset").unwrap();
            assert_eq!(got.value.as_ref().map(Vec::len), Some(5_000));
            String::from_utf8(offset.1.clone().unwrap()).unwrap()
        })
        .collect();
    assert_eq!(offsets, (0..10).map(|n| (n * 10 + 3).to_string()).collect::<Vec<_>>());
    assert_eq!(app.metrics().records.unwritten_results, 10);
    assert_eq!(kafka::committed(&of.id, &of.input), [100]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_null_key_in_a_compacted_topic_is_told_with_its_record() {
    let of = refusing(&[("cleanup.policy", "compact")]);
    kafka::produce(
        &of.input,
        (0..6i64).map(|n| Send {
            partition: Some(0),
            key: (n != 2).then(|| vec![b'a' + n as u8]),
            value: Some(vec![b'v']),
            timestamp_ms: 1_000 + n,
            headers: vec![],
        }),
    );
    let told = Arc::<Mutex<Vec<(ProduceErrorKind, i64)>>>::default();
    let heard = Arc::clone(&told);
    let handler = OnProduceError::Custom(Arc::new(move |error| {
        heard.lock().unwrap().push((error.kind, error.cause.unwrap().offset));
        assert_eq!((error.value, error.partition, error.timestamp_ms), (Some(&b"v"[..]), Some(0), 1_002));
        OnProduceError::Continue
    }));
    let app = app(copy_of(&of), &of).on_produce_error(handler).start().await.unwrap();
    app.run_until(end_of_input()).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [(ProduceErrorKind::Refused, 2)]);
    assert_eq!(keys(&kafka::read(&of.output)[0]), ["a", "b", "d", "e", "f"]);
    assert_eq!(kafka::committed(&of.id, &of.input), [6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_handler_the_application_ends_and_commits_nothing_beyond() {
    let of = refusing(&[("max.message.bytes", "2000")]);
    kafka::produce(&of.input, records());
    for _ in 0..2 {
        let app = app(copy_of(&of), &of).start().await.unwrap();
        let error = app.run_until(end_of_input()).await.unwrap_err().to_string();
        assert!(error.contains("max.message.bytes") && error.contains(&of.output), "{error}");
        assert!(kafka::committed(&of.id, &of.input)[0] <= 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn small_records_whose_batch_is_too_large_are_no_failure() {
    let of = refusing(&[("max.message.bytes", "2000")]);
    kafka::produce(&of.input, (0..200i64).map(|n| Send::keyed(format!("{n:03}"), vec![b'x'; 100], 1_000 + n)));
    let app = app(copy_of(&of), &of).start().await.unwrap();
    app.run_until(end_of_input()).await.unwrap();
    assert_eq!(keys(&kafka::read(&of.output)[0]), (0..200).map(|n| format!("{n:03}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changelog_that_refuses_ends_the_application_whatever_the_handler() {
    let of = refusing(&[]);
    kafka::produce(&of.input, records());
    let app = app(counted(of.input.clone(), of.output.clone()), &of)
        .internal_topic_setting("max.message.bytes", "2000")
        .on_produce_error(OnProduceError::Continue)
        .start()
        .await
        .unwrap();
    let error = app.run_until(end_of_input()).await.unwrap_err().to_string();
    assert!(error.contains(&format!("{}-last-changelog", of.id)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_result_is_not_forgotten_when_another_process_joins() {
    let of = refusing(&[("max.message.bytes", "2000")]);
    kafka::produce(&of.input, [Send::keyed("small", "v", 1), Send::keyed("large", vec![b'x'; 5_000], 2), Send::keyed("small2", "v", 3)]);
    let start = || app(copy_of(&of), &of).commit_interval(Duration::from_secs(3_600)).linger(Duration::from_secs(30)).start();
    let first = start().await.unwrap();
    first.running().await.unwrap();
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while first.metrics().records.records_in < 3 && std::time::Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let ends = [first.shutdown(Duration::from_secs(20)).await, second.shutdown(Duration::from_secs(20)).await];
    assert!(ends.iter().any(Result::is_err), "the large one is nowhere, so that somebody has to say so");
    assert!(kafka::committed(&of.id, &of.input)[0] <= 1);
}
