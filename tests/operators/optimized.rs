use std::collections::BTreeMap;

use proptest::prelude::*;
use streams_runtime::Topology;

use super::*;

topology! {
    #[optimized]
    fn lean() -> Lean {
        let input: Stream<Text, Text> = stream("in");
        let names: Table<String, String> = table("names");
        let words = input.select_key(|_, v| v.clone());
        let grouped = words.group_by_key();
        let counts: Table<String, u64> = grouped.count();
        let last: Table<Windowed<String>, String> =
            grouped.windowed_by(tumbling(millis(10)).grace(millis(20))).reduce(|_, b| b.clone().unwrap_or_default());
        let pairs = words.join(words, |a, b| format!("{a}{b}"), within(millis(5)).grace(millis(20)));
        let named = words.join(names, |v, name| format!("{v} {name}"));
        let kept = words.left_join(names, |v, name| format!("{v} {}", name.map_or("-", |name| name)));
        counts.to_stream().map_values(|n| n.map(|n| n.to_string())).to("counts");
        last.to_stream().map(|key, v| (key.to_string(), v.clone())).to("last");
        pairs.to("pairs");
        named.to("named");
        kept.to("kept");
    }

    fn plain() -> Plain {
        let input: Stream<Text, Text> = stream("in");
        let names: Table<String, String> = table("names");
        let words = input.select_key(|_, v| v.clone());
        let grouped = words.group_by_key();
        let counts: Table<String, u64> = grouped.count();
        let last: Table<Windowed<String>, String> =
            grouped.windowed_by(tumbling(millis(10)).grace(millis(20))).reduce(|_, b| b.clone().unwrap_or_default());
        let pairs = words.join(words, |a, b| format!("{a}{b}"), within(millis(5)).grace(millis(20)));
        let named = words.join(names, |v, name| format!("{v} {name}"));
        let kept = words.left_join(names, |v, name| format!("{v} {}", name.map_or("-", |name| name)));
        counts.to_stream().map_values(|n| n.map(|n| n.to_string())).to("counts");
        last.to_stream().map(|key, v| (key.to_string(), v.clone())).to("last");
        pairs.to("pairs");
        named.to("named");
        kept.to("kept");
    }
}

/// The topics that a topology makes for itself.
fn internal(topology: &impl Topology) -> Vec<String> {
    let mut topics = Vec::new();
    for part in topology.plan().sub_topologies {
        topics.extend(part.stores.into_iter().filter(|store| store.logged).map(|store| format!("{}-changelog", store.name)));
        topics.extend(part.sinks.into_iter().filter_map(|sink| match sink {
            streams_runtime::plan::SinkPlan::Repartition { name, .. } => Some(format!("{name}-repartition")),
            _ => None,
        }));
    }
    topics.sort();
    topics
}

#[test]
fn one_topic_carries_a_stream_and_is_named_after_it() {
    let lean_topics = ["counts-changelog", "kept-repartition", "last-changelog", "pairs-this-join-store-changelog", "words-repartition"];
    assert_eq!(internal(&lean()), lean_topics);
    let plain_topics = [
        "counts-changelog",
        "counts-repartition",
        "kept-repartition",
        "last-changelog",
        "last-repartition",
        "named-repartition",
        "names-changelog",
        "pairs-left-repartition",
        "pairs-other-join-store-changelog",
        "pairs-right-repartition",
        "pairs-this-join-store-changelog",
    ];
    assert_eq!(internal(&plain()), plain_topics);
    assert_eq!(Lean::DESCRIPTION_UNOPTIMIZED.replace("pairs", ""), Plain::DESCRIPTION.replace("pairs", ""));
    assert_ne!(Lean::FINGERPRINT, Plain::FINGERPRINT);
}

/// All results by topic, each in its order; of the self join in any order, which is another over one store.
fn results(driver: &TestDriver) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let topics = ["counts", "last", "pairs", "named", "kept"];
    let mut results: BTreeMap<_, _> = topics.into_iter().map(|topic| (topic, shown(driver, topic))).collect();
    results.entry("pairs").and_modify(|pairs| pairs.sort());
    results
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_results_are_the_same(
        records in prop::collection::vec((any::<bool>(), "[a-c]", prop::option::weighted(0.8, "[a-c]"), 0i64..15), 1..40),
    ) {
        let drivers = [driver(lean()), driver(plain())];
        for (at, (is_name, key, value, jitter_ms)) in records.into_iter().enumerate() {
            let topic = if is_name { "names" } else { "in" };
            for driver in &drivers {
                pipe(driver, topic, &[(Some(&key), value.as_deref(), at as i64 * 4 + jitter_ms)]);
            }
        }
        prop_assert_eq!(results(&drivers[0]), results(&drivers[1]));
    }
}
