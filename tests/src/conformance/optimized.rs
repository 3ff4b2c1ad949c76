//! Scenarios recorded with `topology.optimization=all`.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, fk, text, word};

topology! {
    #[optimized]
    fn two_counts_optimized() -> TwoCountsOptimized {
        let input: Stream<Text, Text> = stream("in");
        let words = input.select_key(|_, v| word(v));
        let c: Table<String, u64> = words.group_by_key().count();
        c.to_stream().to("out-count");
        let w: Table<Windowed<String>, String> =
            words.group_by_key().windowed_by(tumbling(millis(200)).grace(millis(50))).reduce(|a, b| cat(a, text(b)));
        w.to_stream().to("out-window");
    }

    #[optimized]
    fn count_and_join_optimized() -> CountAndJoinOptimized {
        let input: Stream<Text, Text> = stream("in");
        let t: Table<String, String> = table("t");
        let keyed = input.filter(|_, v| v.is_some()).select_key(|_, v| fk(v));
        let c: Table<String, u64> = keyed.group_by_key().count();
        c.to_stream().to("out-count");
        let joined = keyed.join(t, |l, r| format!("{l}+{r}"));
        joined.to("out-join");
    }

    #[optimized]
    fn table_source_optimized() -> TableSourceOptimized {
        let t: Table<String, String> = table("in");
        t.to_stream().to("out");
    }

    #[optimized]
    fn ss_self_optimized() -> SsSelfOptimized {
        let input: Stream<Text, Text> = stream("in");
        let joined = input.join(input, |l, r| format!("{l}+{r}"), within(millis(40)).grace(millis(20)));
        joined.to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("two_counts_optimized", two_counts_optimized).store::<String, u64>("c").windows_of(200).window_store::<String>("w"),
        Scenario::new("count_and_join_optimized", count_and_join_optimized).store::<String, u64>("c").store::<String, String>("t"),
        Scenario::new("table_source_optimized", table_source_optimized).store::<String, String>("t"),
        Scenario::new("ss_self_optimized", ss_self_optimized),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use streams_runtime::Topology;
    use streams_runtime::plan::SinkPlan;

    use super::*;

    fn internal_topics(topology: &impl Topology) -> BTreeSet<String> {
        let mut topics = BTreeSet::new();
        for part in topology.plan().sub_topologies {
            topics.extend(part.stores.into_iter().filter(|store| store.logged).map(|store| format!("{}-changelog", store.name)));
            topics.extend(part.sinks.into_iter().filter_map(|sink| match sink {
                SinkPlan::Repartition { name, .. } => Some(format!("{name}-repartition")),
                _ => None,
            }));
        }
        topics
    }

    #[test]
    fn the_topologies_are_optimized() {
        let topics = |found: BTreeSet<String>, expected: &[&str]| assert_eq!(found, expected.iter().map(|t| (*t).to_owned()).collect());
        topics(internal_topics(&two_counts_optimized()), &["c-changelog", "w-changelog", "words-repartition"]);
        topics(internal_topics(&count_and_join_optimized()), &["c-changelog", "keyed-repartition"]);
        topics(internal_topics(&table_source_optimized()), &[]);
        topics(internal_topics(&ss_self_optimized()), &["joined-this-join-store-changelog"]);
        assert!(TwoCountsOptimized::DESCRIPTION_UNOPTIMIZED.contains("c-repartition"));
        assert!(!TwoCountsOptimized::DESCRIPTION.contains("c-repartition"));
    }
}
