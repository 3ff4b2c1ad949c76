//! The topics that tasks and global tables read, and changelogs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use regex::Regex;
use streams_runtime::Partitioning;
use streams_runtime::broker::TopicPartition;
use streams_runtime::plan::{SourceTopics, SubTopologyPlan, TopologyPlan, changelog_topic};

use super::Engine;
use crate::error::DriverError;
use crate::record::RawRecord;
use crate::recorder::take_turn;

/// A topic that some source or global table reads, or that is a changelog.
#[derive(Default)]
pub(super) struct Topic {
    pub(super) partitions: Vec<Partition>,
    pub(super) global_tables: Vec<String>,
    pub(super) internal: bool,
    /// Whether what is written is kept for a restart: it is a changelog, or the topic of a table
    /// that stands for its changelog.
    pub(super) is_changelog: bool,
    /// Where the next record without a key goes.
    next_any: usize,
}

#[derive(Default)]
pub(super) struct Partition {
    /// Task, index of its input.
    pub(super) readers: Vec<(usize, usize)>,
    pub(super) end_offset: i64,
    pub(super) queue: VecDeque<RawRecord>,
    /// When the queue became non-empty, in the order of all events.
    pub(super) waits_since: u64,
    /// What was written, if the topic is a changelog.
    pub(super) log: Vec<RawRecord>,
}

impl Topic {
    pub(super) fn new(partitions: i32) -> Self {
        Topic { partitions: (0..partitions.max(1)).map(|_| Partition::default()).collect(), ..Topic::default() }
    }

    /// Whether the topology reads it as a source or a global table.
    pub(super) fn is_read(&self) -> bool {
        !self.global_tables.is_empty() || self.partitions.iter().any(|partition| !partition.readers.is_empty())
    }

    pub(super) fn any_partition(&mut self) -> i32 {
        take_turn(&mut self.next_any, self.partitions.len())
    }
}

/// A source that reads all topics whose names fit.
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) regex: Regex,
    pub(super) sub_topology: usize,
    pub(super) source: usize,
}

impl Engine {
    pub(super) fn add_topics(&mut self, plan: &TopologyPlan) -> Result<(), DriverError> {
        for (sub_topology, part) in plan.sub_topologies.iter().enumerate() {
            for (source, plan) in part.sources.iter().enumerate() {
                match &plan.topics {
                    SourceTopics::Named(topics) => {
                        for topic in topics {
                            self.add_reader(topic, sub_topology, source)?;
                        }
                    }
                    SourceTopics::Pattern(text) => {
                        let whole = format!("^(?:{text})$");
                        let regex =
                            Regex::new(&whole).map_err(|e| DriverError::Pattern { pattern: text.clone(), reason: e.to_string() })?;
                        self.patterns.push(Pattern { text: text.clone(), regex, sub_topology, source });
                    }
                    internal => {
                        if let Some(topic) = internal.internal(&self.application_id) {
                            self.add_reader(&topic, sub_topology, source)?;
                            self.topic(&topic).internal = true;
                        }
                    }
                }
            }
            let application_id = self.application_id.clone();
            for (topic, internal) in changelogs(part, &application_id) {
                // No task reads a changelog of its own here; the entry says that it is internal.
                let topic = self.topic(&topic);
                topic.internal |= internal;
                topic.is_changelog = true;
            }
        }
        for table in &plan.global_tables {
            self.topic(&table.topic).global_tables.push(table.name.clone());
        }
        Ok(())
    }

    /// The topic of this name, made if it is not there.
    pub(super) fn topic(&mut self, name: &str) -> &mut Topic {
        let count = self.counts.get(name).copied().unwrap_or(self.default_partitions);
        self.topics.entry(name.into()).or_insert_with(|| Topic::new(count))
    }

    fn add_reader(&mut self, name: &str, sub_topology: usize, source: usize) -> Result<(), DriverError> {
        let (first, end) = (self.first_tasks[sub_topology], self.first_tasks[sub_topology + 1]);
        let partitions = self.topic(name).partitions.len();
        if partitions > end - first {
            // Only a topic that fits a pattern and was not there at the start.
            let (topic, partitions, tasks) = (name.to_owned(), partitions as i32, (end - first) as i32);
            return Err(streams_runtime::Error::Outgrown { topic, partitions, tasks }.into());
        }
        let name: Arc<str> = name.into();
        for (partition, task) in (first..end).enumerate().take(partitions) {
            let from = TopicPartition { topic: Arc::clone(&name), partition: partition as i32 };
            let input = self.tasks[task].add_input(source, from, 0);
            // Nothing more will come than what is piped: no task waits for another input.
            self.tasks[task].inputs_mut()[input].fetched(0, Some(0));
            self.topic(&name).partitions[partition].readers.push((task, input));
        }
        Ok(())
    }

    /// Whether the topology reads the topic; the first time a topic is named that fits a pattern,
    /// the source gets it.
    pub(crate) fn reads(&mut self, name: &str) -> Result<bool, DriverError> {
        if let Some(topic) = self.topics.get(name) {
            return Ok(topic.is_read());
        }
        let readers: Vec<_> = self.patterns.iter().filter(|p| p.regex.is_match(name)).map(|p| (p.sub_topology, p.source)).collect();
        for &(sub_topology, source) in &readers {
            self.add_reader(name, sub_topology, source)?;
        }
        Ok(!readers.is_empty())
    }

    /// What the topology reads, internal topics left out.
    pub(crate) fn known_inputs(&self) -> Vec<String> {
        let topics = self.topics.iter().filter(|(_, topic)| !topic.internal && topic.is_read()).map(|(name, _)| name.to_string());
        topics.chain(self.patterns.iter().map(|p| format!("{} (a pattern)", p.text))).collect()
    }
}

/// The changelogs of a part of the topology: its own topics, and those of tables that stand for
/// their changelogs.
pub(super) fn changelogs<'a>(plan: &'a SubTopologyPlan, application_id: &'a str) -> impl Iterator<Item = (Arc<str>, bool)> + 'a {
    let own = plan.stores.iter().map(move |store| (changelog_topic(application_id, &store.name).into(), true));
    let reused = plan.source_changelogs.iter().filter_map(|reused| match &plan.sources.get(reused.source)?.topics {
        SourceTopics::Named(topics) => Some(topics.iter().map(|topic| (topic.as_str().into(), false))),
        _ => None,
    });
    own.chain(reused.flatten())
}

/// The partitions of all topics that are laid out, and of the changelogs, which have as many as
/// there are tasks.
pub(crate) fn counts(
    parts: &[SubTopologyPlan],
    partitioning: &Partitioning,
    application_id: &str,
    mut said: BTreeMap<String, i32>,
) -> BTreeMap<String, i32> {
    for (part, &tasks) in parts.iter().zip(partitioning.tasks()) {
        let named = part.sources.iter().flat_map(|source| match &source.topics {
            SourceTopics::Named(names) => names.clone(),
            SourceTopics::Pattern(_) => Vec::new(),
            internal => internal.internal(application_id).into_iter().collect(),
        });
        said.extend(named.filter_map(|name| Some((partitioning.partitions(&name)?, name))).map(|(count, name)| (name, count)));
        said.extend(part.stores.iter().map(|store| (changelog_topic(application_id, &store.name), tasks)));
    }
    said
}
