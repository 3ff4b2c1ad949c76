//! The driver over a topology with repartition topics, a table and counts, written by hand.

use std::sync::Arc;

use streams_runtime::__private;
use streams_runtime::prelude::*;
use streams_runtime::stores::GlobalStores;
use streams_runtime::task::TaskBuilder;
use streams_test::{DriverError, TestDriver};

/// Counts words of at least `min_len` letters.
struct WordCount {
    input: String,
    min_len: usize,
}

/// Counts words of at least `min_len` letters.
fn word_count(input: String, min_len: usize) -> WordCount {
    WordCount { input, min_len }
}

impl WordCount {
    const COUNTS: StoreName<String, u64> = StoreName::new("counts");
}

impl Topology for WordCount {
    fn plan(&self) -> __private::TopologyPlan {
        use __private::*;
        let input = &self.input;
        let source = |name, topics| SourcePlan { name, topics, offset_reset: None, partitions: None };
        TopologyPlan {
            name: "WordCount",
            sub_topologies: vec![
                SubTopologyPlan {
                    sources: vec![source("lines", SourceTopics::Named(vec![input.to_string()]))],
                    stores: vec![],
                    sinks: vec![
                        SinkPlan::Repartition { name: "counts".to_string(), partitions: None },
                        SinkPlan::Repartition { name: "allowed".to_string(), partitions: None },
                    ],
                },
                SubTopologyPlan {
                    sources: vec![source("counts-repartition", SourceTopics::Repartition("counts".to_string()))],
                    stores: vec![StorePlan { name: "counts".to_string(), kind: StoreKind::KeyValue, logged: true }],
                    sinks: vec![SinkPlan::Topic("word-counts".to_string())],
                },
                SubTopologyPlan {
                    sources: vec![
                        source("blocked", SourceTopics::Named(vec!["blocked".to_string()])),
                        source("allowed-repartition", SourceTopics::Repartition("allowed".to_string())),
                    ],
                    stores: vec![StorePlan { name: "blocked".to_string(), kind: StoreKind::KeyValue, logged: true }],
                    sinks: vec![SinkPlan::Topic("short-words".to_string())],
                },
            ],
            global_tables: vec![],
        }
    }

    fn globals(&self, _: &mut GlobalStores) {}

    fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder<'_>) {
        // Forward: typed edges and operator values; rustc infers every type from the written ones.
        let lines: Stream<Option<String>, String> = Stream::handle();
        let blocked: Table<String, String> = Table::handle();
        let (words, flat_map_values) = lines.flat_map_values(move |line, out| {
            for word in line.split(' ') {
                out(word)
            }
        });
        let (long, branch) = words.branch({
            let topology = Arc::clone(self);
            move |_, word| {
                let min_len = &topology.min_len;
                word.len() >= *min_len
            }
        });
        let short = words;
        let (by_word, group_by) = long.group_by(move |_, word| word.to_owned());
        let (by_word, counts_out) = by_word.repartition_by_key();
        let (counts, count) = by_word.group_by_key().count();
        let counts: Table<String, u64> = counts;
        let (changes, to_stream) = counts.to_stream();
        let to_word_counts = changes.to();
        let (keyed, select_key) = short.select_key(move |_, word| word.to_owned());
        let (keyed, allowed_out) = keyed.repartition_by_key();
        let (allowed, left_join) = keyed.left_join_table(&blocked, move |word, b| (word.to_owned(), b.is_some()));
        let (filtered, filter) = allowed.filter(move |_, (_, blocked)| !blocked);
        let (texts, map_values) = filtered.map_values(move |(word, _)| word.clone());
        let to_short_words = texts.to();

        // Backward: each operator is attached to what follows it.
        match sub_topology {
            0 => {
                let topic = b.repartition_topic("allowed");
                let short_node = select_key.attach(allowed_out.attach(b, &topic));
                let topic = b.repartition_topic("counts");
                let long_node = group_by.attach(counts_out.attach(b, &topic));
                let node = branch.attach(long_node, short_node);
                let node = flat_map_values.attach(node);
                lines.source().attach(b, 0, "lines", node);
            }
            1 => {
                let node = to_word_counts.attach(b, "word-counts");
                let node = to_stream.attach(node);
                let node = count.attach(b, "counts", node);
                by_word.source().attach(b, 0, "counts-repartition", node);
            }
            _ => {
                let node = to_short_words.attach(b, "short-words");
                let node = map_values.attach(node);
                let node = filter.attach(node);
                let node = left_join.attach(b, &blocked, "blocked", node);
                keyed.source().attach(b, 1, "allowed-repartition", node);
                let source = __private::TableSource::new(&blocked);
                let node = source.attach(b, "blocked", __private::Discard);
                source.records().source().attach(b, 0, "blocked", node);
            }
        }
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
