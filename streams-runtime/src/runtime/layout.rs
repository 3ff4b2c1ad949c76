//! The plan of a topology laid over what the broker has: topics with partition counts, lead topics, internal topics.

use std::collections::{BTreeMap, BTreeSet};

use super::config::Config;
use super::error::Error;
use crate::broker::{NewTopic, TopicPartition};
use crate::plan::{OffsetReset, SinkPlan, SourceTopics, StoreKind, TopologyPlan, changelog_topic, repartition_topic};
use crate::task::TaskId;
use crate::windows::duration_ms;

/// A source with the topics it reads on this broker.
#[derive(Clone, Debug)]
pub(crate) struct SourceLayout {
    pub(crate) topics: Vec<String>,
    pub(crate) reset: OffsetReset,
    /// The application's own topic, of no use once it is processed.
    pub(crate) internal: bool,
}

/// A partition that a task reads.
#[derive(Clone, Debug)]
pub(crate) struct InputLayout {
    /// Index of the source.
    pub(crate) source: usize,
    pub(crate) partition: TopicPartition,
    /// Where to begin without a committed offset.
    pub(crate) reset: OffsetReset,
}

/// A sub-topology with its partition counts.
#[derive(Clone, Debug)]
pub(crate) struct SubLayout {
    pub(crate) sources: Vec<SourceLayout>,
    /// The topic whose partitions stand for the tasks: the source topic with the most partitions.
    pub(crate) lead: String,
    /// As many as the lead has.
    pub(crate) tasks: i32,
}

/// Everything the application knows about its topics.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) subs: Vec<SubLayout>,
    /// Partition counts of all topics that are read.
    pub(crate) partitions: BTreeMap<String, i32>,
}

impl Layout {
    /// The topics to subscribe to.
    pub(crate) fn lead_topics(&self) -> Vec<String> {
        self.subs.iter().map(|s| s.lead.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The tasks that a partition of a lead topic stands for.
    pub(crate) fn tasks_of(&self, lead: &TopicPartition) -> impl Iterator<Item = TaskId> {
        self.subs
            .iter()
            .enumerate()
            .filter(|(_, sub)| *sub.lead == *lead.topic && lead.partition < sub.tasks)
            .map(|(sub_topology, _)| TaskId { sub_topology, partition: lead.partition })
    }

    /// Whether a partition of a lead topic stands for tasks that are known.
    pub(crate) fn knows(&self, lead: &TopicPartition) -> bool {
        self.tasks_of(lead).next().is_some()
    }

    /// What a task reads.
    pub(crate) fn inputs_of(&self, task: TaskId) -> Vec<InputLayout> {
        let sub = &self.subs[task.sub_topology];
        let mut inputs = Vec::new();
        for (index, source) in sub.sources.iter().enumerate() {
            for topic in &source.topics {
                if self.partitions.get(topic).is_some_and(|&count| task.partition < count) {
                    let partition = TopicPartition::new(topic.as_str(), task.partition);
                    inputs.push(InputLayout { source: index, partition, reset: source.reset });
                }
            }
        }
        inputs
    }

    /// Every topic that some task reads.
    pub(crate) fn all_sources(&self) -> BTreeSet<&str> {
        self.subs.iter().flat_map(|s| &s.sources).flat_map(|s| &s.topics).map(String::as_str).collect()
    }

    /// Every partition that some task reads.
    pub(crate) fn all_inputs(&self) -> Vec<TopicPartition> {
        self.all_sources()
            .into_iter()
            .flat_map(|t| (0..self.partitions.get(t).copied().unwrap_or(0)).map(move |p| TopicPartition::new(t, p)))
            .collect()
    }

    /// Whether every topic has the partitions, and every source the topics, that it has in `other`.
    pub(crate) fn is_same(&self, other: &Layout) -> bool {
        let topics =
            |layout: &Layout| -> Vec<Vec<String>> { layout.subs.iter().flat_map(|s| &s.sources).map(|s| s.topics.clone()).collect() };
        topics(self) == topics(other) && self.partitions == other.partitions
    }

    /// The layout that can take the place of `now` while the application runs. The leads stay, so
    /// that all processes agree about who runs what while they learn of the topics one after the
    /// other.
    ///
    /// # Errors
    /// The tasks would be those of another topic, or fewer.
    pub(crate) fn follows(mut self, now: &Layout) -> Result<Layout, Error> {
        for (sub, now) in self.subs.iter_mut().zip(&now.subs) {
            let of_lead = self.partitions.get(&now.lead).copied().unwrap_or(0);
            if sub.tasks > of_lead {
                return Err(Error::Outgrown { topic: sub.lead.clone(), partitions: sub.tasks, tasks: of_lead });
            }
            if of_lead < now.tasks {
                return Err(Error::Shrunk { topic: now.lead.clone(), partitions: of_lead, before: now.tasks });
            }
            sub.lead.clone_from(&now.lead);
            sub.tasks = of_lead;
        }
        Ok(self)
    }

    /// The topics that a task writes, with their partitions, changelogs included.
    pub(crate) fn sinks_of(&self, plan: &TopologyPlan, sub_topology: usize, application_id: &str) -> Vec<(String, i32)> {
        let (sub, tasks) = (&plan.sub_topologies[sub_topology], self.subs[sub_topology].tasks);
        let sinks = sub.sinks.iter().filter_map(|sink| {
            let name = match sink {
                SinkPlan::Topic(name) => name.clone(),
                internal => internal.internal(application_id)?,
            };
            let partitions = self.partitions.get(&name).copied()?;
            Some((name, partitions))
        });
        let logged = sub.stores.iter().filter(|store| store.logged);
        sinks.chain(logged.map(|store| (changelog_topic(application_id, &store.name), tasks))).collect()
    }

    /// Whether a topic is one of the application's own between its parts.
    pub(crate) fn is_internal(&self, topic: &str) -> bool {
        self.subs.iter().flat_map(|s| &s.sources).any(|s| s.internal && s.topics.iter().any(|t| t == topic))
    }
}

/// How many partitions each internal topic gets: what `.partitions(n)` says, else what it is joined with has, else as many as the
/// largest topic that its writers read, as in Kafka Streams. The topics of a foreign-key join always go by what they are joined with. `known`
/// are the counts of the user's topics.
pub(crate) fn internal_counts(
    plan: &TopologyPlan,
    topics_of: impl Fn(usize, usize) -> Vec<String>,
    known: &mut BTreeMap<String, i32>,
    application_id: &str,
) {
    for sink in plan.sub_topologies.iter().flat_map(|s| &s.sinks) {
        if let SinkPlan::Repartition { name, partitions: Some(count) } = sink {
            known.insert(repartition_topic(application_id, name), *count);
        }
    }
    // Each round settles at least one topic, or there is nothing left to settle.
    loop {
        let settled = known.len();
        for (index, sub) in plan.sub_topologies.iter().enumerate() {
            for group in &sub.copartitioned {
                let topics: Vec<String> = group.iter().flat_map(|&source| topics_of(index, source)).collect();
                if let Some(count) = topics.iter().filter_map(|t| known.get(t)).max().copied() {
                    for topic in topics {
                        known.entry(topic).or_insert(count);
                    }
                }
            }
        }
        for (index, sub) in plan.sub_topologies.iter().enumerate() {
            let sources: Vec<Option<i32>> =
                (0..sub.sources.len()).flat_map(|s| topics_of(index, s)).map(|t| known.get(&t).copied()).collect();
            // Wait until all of a writer's own sources are settled, or the count could come out too small.
            let Some(largest) = sources.into_iter().collect::<Option<Vec<i32>>>().and_then(|counts| counts.into_iter().max()) else {
                continue;
            };
            for sink in &sub.sinks {
                if let SinkPlan::Repartition { name, partitions: None } = sink
                    && !is_joined_with_users(plan, name)
                {
                    known.entry(repartition_topic(application_id, name)).or_insert(largest);
                }
            }
        }
        if known.len() == settled {
            break;
        }
    }
}

/// Whether what a repartition writes is joined with a topic of the user's, which then says how many partitions there are.
fn is_joined_with_users(plan: &TopologyPlan, repartition: &str) -> bool {
    plan.sub_topologies.iter().any(|reader| {
        let topics = |source: &usize| &reader.sources[*source].topics;
        reader.copartitioned.iter().any(|group| {
            group.iter().any(|s| matches!(topics(s), SourceTopics::Repartition(name) if name == repartition))
                && group.iter().any(|s| matches!(topics(s), SourceTopics::Named(_) | SourceTopics::Pattern(_)))
        })
    })
}

/// Internal topics that are joined with each other get the larger count of them.
pub(crate) fn equalize_joined_internal(
    plan: &TopologyPlan,
    topics_of: impl Fn(usize, usize) -> Vec<String>,
    known: &mut BTreeMap<String, i32>,
    application_id: &str,
) {
    let declared: BTreeSet<String> = plan
        .sub_topologies
        .iter()
        .flat_map(|s| &s.sinks)
        .filter_map(|sink| match sink {
            SinkPlan::Repartition { name, partitions: Some(_) } => Some(repartition_topic(application_id, name)),
            _ => None,
        })
        .collect();
    for (index, sub) in plan.sub_topologies.iter().enumerate() {
        for group in &sub.copartitioned {
            let of = |source: &usize| topics_of(index, *source);
            let Some(largest) = group.iter().flat_map(of).filter_map(|t| known.get(&t).copied()).max() else { continue };
            for &source in group {
                if sub.sources[source].topics.internal(application_id).is_some() {
                    for topic in topics_of(index, source).into_iter().filter(|t| !declared.contains(t)) {
                        known.insert(topic, largest);
                    }
                }
            }
        }
    }
}

/// Settings of a repartition topic as Kafka Streams makes it.
pub(crate) fn repartition_config() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("cleanup.policy".into(), "delete".into()),
        ("message.timestamp.type".into(), "CreateTime".into()),
        ("retention.ms".into(), "-1".into()),
        ("segment.bytes".into(), "52428800".into()),
    ])
}

/// Settings of a changelog as Kafka Streams makes it. The changelog of a window store keeps
/// `additional_ms` more than the store: clocks differ, and the stream time may stand still.
pub(crate) fn changelog_config(kind: StoreKind, additional_ms: i64) -> BTreeMap<String, String> {
    let mut config = BTreeMap::from([("message.timestamp.type".into(), "CreateTime".into())]);
    let mut longer = |setting: &str, than_ms: i64| {
        config.insert(setting.into(), than_ms.saturating_add(additional_ms).to_string());
    };
    let policy = match kind {
        StoreKind::KeyValue | StoreKind::Buffer => "compact",
        StoreKind::Window { retention_ms } | StoreKind::PlainWindow { retention_ms, .. } | StoreKind::Session { retention_ms } => {
            longer("retention.ms", retention_ms);
            "compact,delete"
        }
        StoreKind::JoinWindow { retention_ms } => {
            longer("retention.ms", retention_ms);
            "delete"
        }
        StoreKind::Versioned { history_ms } => {
            longer("min.compaction.lag.ms", history_ms);
            "compact"
        }
    };
    config.insert("cleanup.policy".into(), policy.into());
    config
}

/// The changelogs of the stores of all sub-topologies whose number of tasks is known.
pub(crate) fn changelogs(plan: &TopologyPlan, subs: &[SubLayout], config: &Config) -> Vec<NewTopic> {
    let mut topics = Vec::new();
    for (sub, layout) in plan.sub_topologies.iter().zip(subs) {
        for store in sub.stores.iter().filter(|s| s.logged) {
            let name = changelog_topic(&config.application_id, &store.name);
            let mut topic = internal_topic(
                name,
                layout.tasks,
                changelog_config(store.kind, duration_ms(config.window_changelog_additional_retention)),
                config,
            );
            topic.config.extend(store.changelog_settings.iter().cloned());
            topics.push(topic);
        }
    }
    topics
}

/// An internal topic: the settings of the application come before those of its kind.
pub(crate) fn internal_topic(name: String, partitions: i32, mut settings: BTreeMap<String, String>, config: &Config) -> NewTopic {
    settings.extend(config.internal_topic_settings.clone());
    NewTopic { name, partitions, replication: config.replication_factor, config: settings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{StorePlan, SubTopologyPlan};

    #[test]
    fn what_is_said_of_one_changelog_comes_before_what_is_said_of_all_internal_topics() {
        let stores = vec![
            StorePlan::new("a", StoreKind::KeyValue).changelog_setting("min.compaction.lag.ms", "5"),
            StorePlan::new("b", StoreKind::KeyValue),
            StorePlan::new("c", StoreKind::KeyValue).without_changelog(),
        ];
        let part = SubTopologyPlan { sources: vec![], stores, sinks: vec![], copartitioned: vec![], source_changelogs: vec![] };
        let plan = TopologyPlan { name: "T", sub_topologies: vec![part], global_tables: vec![] };
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let settings = [setting("min.compaction.lag.ms", "7"), setting("cleanup.policy", "compact,delete")];
        let config = Config { application_id: "app".into(), internal_topic_settings: settings.into(), ..Config::default() };
        let layout = SubLayout { sources: vec![], lead: String::new(), tasks: 3 };
        let topics = changelogs(&plan, &[layout], &config);
        let told: Vec<(&str, i32, &str, &str)> = topics
            .iter()
            .map(|t| (t.name.as_str(), t.partitions, t.config["min.compaction.lag.ms"].as_str(), t.config["cleanup.policy"].as_str()))
            .collect();
        assert_eq!(told, [("app-a-changelog", 3, "5", "compact,delete"), ("app-b-changelog", 3, "7", "compact,delete")]);
        assert_eq!(internal_topic("r".into(), 1, repartition_config(), &config).config["segment.bytes"], "52428800");
    }

    #[test]
    fn the_changelog_of_a_window_store_is_deleted_a_day_after_its_retention() {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let config = changelog_config(StoreKind::Window { retention_ms: 1_000 }, DAY_MS);
        assert_eq!(config["cleanup.policy"], "compact,delete");
        assert_eq!(config["retention.ms"], "86401000");
        assert_eq!(changelog_config(StoreKind::Window { retention_ms: i64::MAX }, DAY_MS)["retention.ms"], i64::MAX.to_string());
        let config = changelog_config(StoreKind::KeyValue, DAY_MS);
        assert_eq!((config["cleanup.policy"].as_str(), config.get("retention.ms")), ("compact", None));
        let config = changelog_config(StoreKind::JoinWindow { retention_ms: 1_000 }, DAY_MS);
        assert_eq!((config["cleanup.policy"].as_str(), config["retention.ms"].as_str()), ("delete", "86401000"));
        let config = changelog_config(StoreKind::Versioned { history_ms: 1_000 }, DAY_MS);
        assert_eq!((config["cleanup.policy"].as_str(), config["min.compaction.lag.ms"].as_str()), ("compact", "86401000"));
    }
}
