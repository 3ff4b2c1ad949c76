//! Which topics belong to which part of a topology: what tells whose a partition is.

use std::collections::{BTreeMap, BTreeSet};

use streams_runtime::broker::TopicPartition;
use streams_runtime::plan::{SourceTopics, StoreKind, TopologyPlan, changelog_topic};

/// Topics by what they are to the parts of a topology.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) application_id: String,
    /// What each part reads.
    pub(super) sources: Vec<BTreeSet<String>>,
    /// The part whose store a changelog is of, and the name of the store.
    pub(super) changelogs: BTreeMap<String, (usize, String)>,
    /// Topics of global tables: every process reads them, whole.
    pub(super) globals: BTreeSet<String>,
    /// Topics that are read, and that stores are restored from as well.
    pub(super) restored: BTreeSet<String>,
    /// Stores whose rows are the records of their changelogs, with the time before the value.
    pub(super) plain_stores: BTreeSet<String>,
}

impl Layout {
    pub(super) fn new(plan: &TopologyPlan, application_id: &str) -> Self {
        let mut layout = Layout { application_id: application_id.to_owned(), ..Layout::default() };
        layout.globals = plan.global_tables.iter().map(|table| table.topic.clone()).collect();
        for (index, part) in plan.sub_topologies.iter().enumerate() {
            let mut sources = BTreeSet::new();
            for source in &part.sources {
                match &source.topics {
                    SourceTopics::Named(names) => sources.extend(names.iter().cloned()),
                    topics => sources.extend(topics.internal(application_id)),
                }
            }
            for reused in &part.source_changelogs {
                if let Some(SourceTopics::Named(names)) = part.sources.get(reused.source).map(|source| &source.topics) {
                    layout.restored.extend(names.first().cloned());
                }
            }
            layout.sources.push(sources);
            for store in part.stores.iter().filter(|store| store.logged) {
                if store.kind == StoreKind::KeyValue {
                    layout.plain_stores.insert(store.name.clone());
                }
                layout.changelogs.insert(changelog_topic(application_id, &store.name), (index, store.name.clone()));
            }
        }
        layout
    }

    /// The parts that a partition of a topic belongs to: as a source, or as a changelog.
    fn parts(&self, topic: &str) -> impl Iterator<Item = usize> {
        let changelog = self.changelogs.get(topic).map(|(part, _)| *part);
        let reads = move |(_, sources): &(usize, &BTreeSet<String>)| sources.contains(topic);
        self.sources.iter().enumerate().filter(reads).map(|(part, _)| part).chain(changelog)
    }

    /// The partitions whose owner may have to do with this one: those with its number that lead a
    /// part which it belongs to.
    pub(super) fn leads<'a>(&'a self, partition: &'a TopicPartition, leads: &'a [String]) -> impl Iterator<Item = TopicPartition> + 'a {
        let of_part = move |part: usize| leads.iter().filter(move |lead| self.sources[part].contains(*lead));
        self.parts(&partition.topic).flat_map(of_part).map(|lead| TopicPartition::new(lead.as_str(), partition.partition))
    }

    pub(super) fn is_changelog(&self, topic: &str) -> bool {
        self.changelogs.contains_key(topic)
    }

    /// Every topic that is read, the internal ones included.
    pub(super) fn inputs(&self) -> BTreeSet<&str> {
        self.sources.iter().flatten().map(String::as_str).collect()
    }
}
