//! Copies, filters and maps: what goes in comes out, byte for byte, where Kafka's own producer would put it.

use std::collections::BTreeMap;

use tests::process::eventually;

use crate::kafka::{self, Got, Send};

const PARTITIONS: i32 = 6;

fn without_place(records: &[Vec<Got>]) -> Vec<Got> {
    let mut all: Vec<Got> = records.iter().flatten().cloned().collect();
    all.iter_mut().for_each(|r| (r.partition, r.offset) = (0, 0));
    all.sort_by_key(|r| r.timestamp_ms);
    all
}

fn text(n: usize) -> Option<Vec<u8>> {
    match n % 7 {
        0 => None,
        1 => Some(Vec::new()),
        2 => Some("schön 水".as_bytes().to_vec()),
        _ => Some(format!("text {n}").into_bytes()),
    }
}

#[test]
fn records_pass_with_headers_times_and_nulls() {
    let [id, input, output, filtered, mapped] = ["stateless", "in", "out", "filtered", "mapped"].map(kafka::fresh);
    for topic in [&input, &output, &filtered, &mapped] {
        kafka::create(topic, PARTITIONS);
    }
    let sent: Vec<Send> = (0..2_000usize)
        .map(|n| Send {
            partition: None,
            key: text(n / 7),
            value: text(n),
            timestamp_ms: 1_700_000_000_000 + n as i64,
            headers: match n % 3 {
                0 => Vec::new(),
                1 => vec![("trace".into(), Some(n.to_be_bytes().to_vec())), ("empty".into(), Some(Vec::new()))],
                _ => vec![("twice".into(), Some(b"1".to_vec())), ("twice".into(), None), ("größe".into(), Some(vec![0, 255]))],
            },
        })
        .collect();
    kafka::produce(&input, sent.clone());
    let topics = [("id", &id), ("input", &input), ("output", &output), ("filtered", &filtered), ("mapped", &mapped)];
    let args: Vec<String> = topics.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
    args.insert(0, "stateless");
    let pipeline = kafka::start("stateless", &args);
    eventually("all is committed", || kafka::is_done(&id, &input));
    pipeline.terminate();

    let expected = |change: fn(&Send) -> Option<(Option<Vec<u8>>, Option<Vec<u8>>)>| -> Vec<Got> {
        let got = |s: &Send| {
            let (key, value) = change(s)?;
            Some(Got { partition: 0, offset: 0, key, value, timestamp_ms: s.timestamp_ms, headers: s.headers.clone() })
        };
        sent.iter().filter_map(got).collect()
    };
    let copied = kafka::read(&output);
    assert!(without_place(&copied) == expected(|s| Some((s.key.clone(), s.value.clone()))), "copied");
    let long = |s: &Send| s.value.as_ref().is_none_or(|v| v.len() > 5).then(|| (s.key.clone(), s.value.clone()));
    assert!(without_place(&kafka::read(&filtered)) == expected(long), "filtered");
    assert!(without_place(&kafka::read(&mapped)) == expected(|s| Some((s.value.clone(), s.key.clone()))), "mapped");

    // Keyed records lie where the producer with Kafka's partitioner put them.
    let place = |records: &[Vec<Got>]| -> BTreeMap<Vec<u8>, i32> {
        records.iter().flatten().filter_map(|r| Some((r.key.clone()?, r.partition))).collect()
    };
    assert_eq!(place(&copied), place(&kafka::read(&input)));
}

/// The same with Kafka's own producer in Java.
#[test]
fn partitions_are_those_of_the_java_producer() {
    let [id, input, output, filtered, mapped] = ["java", "in", "out", "filtered", "mapped"].map(kafka::fresh);
    for topic in [&input, &output, &filtered, &mapped] {
        kafka::create(topic, PARTITIONS);
    }
    let lines: String = (0..300).map(|n| format!("key-{n}-{}\tvalue {n}\n", "x".repeat(n % 9))).collect();
    let mut producer = kafka::tool_with_input(&["console-producer", "--topic", &input, "--reader-property", "parse.key=true"]);
    std::io::Write::write_all(&mut producer.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    let done = producer.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let topics = [("id", &id), ("input", &input), ("output", &output), ("filtered", &filtered), ("mapped", &mapped)];
    let args: Vec<String> = topics.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
    args.insert(0, "stateless");
    let pipeline = kafka::start("java", &args);
    eventually("all is committed", || kafka::is_done(&id, &input) && kafka::ends(&input).iter().sum::<i64>() == 300);
    pipeline.terminate();
    let place = |topic: &str| -> BTreeMap<String, (i32, String)> {
        kafka::read(topic).iter().flatten().map(|r| (r.key_text(), (r.partition, r.value_text()))).collect()
    };
    let (java, ours) = (place(&input), place(&output));
    assert_eq!(java.len(), 300);
    assert_eq!(java, ours);
}
