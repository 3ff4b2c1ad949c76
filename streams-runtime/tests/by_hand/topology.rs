//! A topology as the macro emits it.

use std::sync::Arc;

use streams_runtime::__private;
use streams_runtime::prelude::*;
use streams_runtime::stores::GlobalStores;
use streams_runtime::task::TaskBuilder;

// topology! {
//     /// Counts words of at least `min_len` letters.
//     pub fn word_count(input: String, min_len: usize) -> WordCount {
//         let lines: Stream<Option<String>, String> = stream(input);
//         let blocked: Table<String, String> = table("blocked");
//         let (long, short) = lines
//             .flat_map_values(|line, out| for word in line.split(' ') { out(word) })
//             .split()
//             .branch(|_, word| word.len() >= *min_len)
//             .otherwise();
//         let counts: Table<String, u64> = long.group_by(|_, word| word.to_owned()).count();
//         counts.to_stream().to("word-counts");
//         let allowed = short.select_key(|_, word| word.to_owned()).left_join(blocked, |word, b| (word.to_owned(), b.is_some()));
//         allowed.filter(|_, (_, blocked)| !blocked).map_values(|(word, _)| word.clone()).to("short-words");
//     }
// }

/// Counts words of at least `min_len` letters.
pub(crate) struct WordCount {
    input: String,
    min_len: usize,
}

/// Counts words of at least `min_len` letters.
pub(crate) fn word_count(input: String, min_len: usize) -> WordCount {
    WordCount { input, min_len }
}

impl WordCount {
    pub(crate) const COUNTS: StoreName<String, u64> = StoreName::new("counts");
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
                    copartitioned: vec![],
                    ..Default::default()
                },
                SubTopologyPlan {
                    sources: vec![source("counts-repartition", SourceTopics::Repartition("counts".to_string()))],
                    stores: vec![StorePlan::new("counts", StoreKind::KeyValue)],
                    sinks: vec![SinkPlan::Topic("word-counts".to_string())],
                    copartitioned: vec![],
                    ..Default::default()
                },
                SubTopologyPlan {
                    sources: vec![
                        source("blocked", SourceTopics::Named(vec!["blocked".to_string()])),
                        source("allowed-repartition", SourceTopics::Repartition("allowed".to_string())),
                    ],
                    stores: vec![StorePlan::new("blocked", StoreKind::KeyValue)],
                    sinks: vec![SinkPlan::Topic("short-words".to_string())],
                    copartitioned: vec![vec![0, 1]],
                    ..Default::default()
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
                let rows = b.rows(&blocked, "blocked");
                let node = left_join.attach(&blocked, rows, node);
                keyed.source().attach(b, 1, "allowed-repartition", node);
                let source = __private::TableSource::new(&blocked);
                let node = source.attach(b, "blocked", __private::Discard);
                source.records().source().attach(b, 0, "blocked", node);
            }
        }
    }
}
