//! The plan laid over topics whose partition counts are known: tasks, lead topics, partitions of
//! internal topics, and what is in the way.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::error::{Error, StartupProblem};
use super::layout::{Layout, SourceLayout, SubLayout, equalize_joined_internal, internal_counts};
use crate::plan::{OffsetReset, SourcePlan, SourceTopics, TopologyPlan};

/// What each source that is a pattern matches now, by sub-topology and source.
pub(super) type Matches = BTreeMap<(usize, usize), Vec<String>>;

/// Lays the plan over the topics in `known`, which are those of the user. Topics that are missing
/// there count as empty.
pub(super) fn lay_out(
    plan: &TopologyPlan,
    application_id: &str,
    reset: OffsetReset,
    mut known: BTreeMap<String, i32>,
    matches: &Matches,
) -> (Layout, Vec<StartupProblem>) {
    let topics_of = |sub: usize, source: usize| match &plan.sub_topologies[sub].sources[source].topics {
        SourceTopics::Named(names) => names.clone(),
        SourceTopics::Pattern(_) => matches.get(&(sub, source)).cloned().unwrap_or_default(),
        internal => internal.internal(application_id).into_iter().collect(),
    };
    internal_counts(plan, topics_of, &mut known, application_id);
    equalize_joined_internal(plan, topics_of, &mut known, application_id);
    let (mut subs, mut problems) = (Vec::new(), Vec::new());
    for (index, sub) in plan.sub_topologies.iter().enumerate() {
        let sources: Vec<SourceLayout> = sub
            .sources
            .iter()
            .enumerate()
            .map(|(source, plan)| {
                let internal = plan.topics.internal(application_id).is_some();
                // What the application has written itself is to be read, whatever it leaves out of
                // the topics of others.
                let reset = if internal { OffsetReset::Earliest } else { plan.offset_reset.unwrap_or(reset) };
                SourceLayout { topics: topics_of(index, source), reset, internal }
            })
            .collect();
        let lead = sources.iter().flat_map(|s| &s.topics).filter_map(|t| known.get(t).map(|&count| (count, t.clone())));
        // Of equally large topics the first in the text, so that all processes agree.
        let lead = lead.fold(None, |best: Option<(i32, String)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        });
        let (tasks, lead) = lead.unwrap_or_default();
        for group in &sub.copartitioned {
            let topics: BTreeSet<&String> = group.iter().flat_map(|&s| &sources[s].topics).collect();
            let counts: BTreeSet<i32> = topics.iter().filter_map(|t| known.get(*t).copied()).collect();
            if counts.len() > 1 {
                let text: Vec<String> = topics.iter().filter_map(|t| known.get(*t).map(|count| format!("`{t}` has {count}"))).collect();
                problems.push(StartupProblem::NotCopartitioned { topics: text.join(", ") });
            }
        }
        subs.push(SubLayout { sources, lead, tasks });
    }
    (Layout { subs, partitions: known }, problems)
}

/// What sources say of their topics, in `.partitions(n)`, and is not so.
pub(super) fn check_declared(plan: &TopologyPlan, known: &BTreeMap<String, i32>) -> Vec<StartupProblem> {
    let mut problems = Vec::new();
    for source in plan.sub_topologies.iter().flat_map(|s| &s.sources) {
        if let (Some(declared), SourceTopics::Named(names)) = (source.partitions, &source.topics) {
            for topic in names {
                if let Some(&found) = known.get(topic).filter(|&&found| found != declared) {
                    problems.push(StartupProblem::PartitionCount { topic: topic.clone(), declared, found });
                }
            }
        }
    }
    problems
}

/// The regular expression of a source, which has to match the whole name of a topic.
pub(super) fn whole(pattern: &str) -> Result<Regex, StartupProblem> {
    Regex::new(&format!("^(?:{pattern})$")).map_err(|e| StartupProblem::Pattern { pattern: pattern.to_owned(), reason: e.to_string() })
}

/// How many tasks the parts of a topology have, and how many partitions its topics: worked out from
/// the topics as at the start of an application, without a broker. For surroundings that run tasks
/// themselves, as test drivers do.
#[derive(Clone, Debug)]
pub struct Partitioning {
    topics: BTreeMap<String, i32>,
    tasks: Vec<i32>,
}

impl Partitioning {
    /// Lays a plan over topics. A topic that is not in `topics` has as many partitions as its
    /// source says in `.partitions(n)`, else `default_partitions`.
    ///
    /// # Errors
    /// The same as from [`Streams::start`](crate::Streams::start): joined topics with unequal
    /// partition counts, a topic that has not the partitions that its source says, a pattern that
    /// is no regular expression.
    pub fn new(plan: &TopologyPlan, application_id: &str, default_partitions: i32, topics: &BTreeMap<String, i32>) -> Result<Self, Error> {
        let mut known = topics.clone();
        let (mut matches, mut problems) = (Matches::new(), Vec::new());
        for (index, sub) in plan.sub_topologies.iter().enumerate() {
            for (source, SourcePlan { topics: read, partitions: declared, .. }) in sub.sources.iter().enumerate() {
                match read {
                    SourceTopics::Named(names) => {
                        for name in names {
                            known.entry(name.clone()).or_insert(declared.unwrap_or(default_partitions));
                        }
                    }
                    SourceTopics::Pattern(pattern) => match whole(pattern) {
                        Ok(regex) => {
                            let mut names: Vec<String> = topics.keys().filter(|name| regex.is_match(name)).cloned().collect();
                            if names.is_empty() {
                                // Stands for the topics that will be there. The text of a pattern
                                // can be the name of a topic, but then matches it.
                                known.insert(pattern.clone(), default_partitions);
                                names.push(pattern.clone());
                            }
                            matches.insert((index, source), names);
                        }
                        Err(problem) => problems.push(problem),
                    },
                    SourceTopics::Repartition(_) | SourceTopics::ForeignKey(_) => {}
                }
            }
        }
        problems.extend(check_declared(plan, &known));
        let (layout, unequal) = lay_out(plan, application_id, OffsetReset::Earliest, known, &matches);
        problems.extend(unequal);
        if !problems.is_empty() {
            return Err(Error::Startup(problems));
        }
        Ok(Partitioning { tasks: layout.subs.iter().map(|sub| sub.tasks.max(1)).collect(), topics: layout.partitions })
    }

    /// How many partitions a topic has that is read or an internal one; `None` of others.
    pub fn partitions(&self, topic: &str) -> Option<i32> {
        self.topics.get(topic).copied()
    }

    /// How many tasks each sub-topology has.
    pub fn tasks(&self) -> &[i32] {
        &self.tasks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ForeignKeyTopic, SubTopologyPlan};

    #[test]
    fn what_the_application_has_written_is_read_from_its_beginning() {
        let source = |topics| SourcePlan { name: "s", topics, offset_reset: None, partitions: None };
        let sources = vec![
            source(SourceTopics::Named(vec!["in".to_owned()])),
            SourcePlan { offset_reset: Some(OffsetReset::Earliest), ..source(SourceTopics::Named(vec!["all".to_owned()])) },
            source(SourceTopics::Repartition("counts".to_owned())),
            source(SourceTopics::ForeignKey(ForeignKeyTopic::Responses("joined".to_owned()))),
        ];
        let part = SubTopologyPlan { sources, stores: vec![], sinks: vec![], copartitioned: vec![], source_changelogs: vec![] };
        let plan = TopologyPlan { name: "T", sub_topologies: vec![part], global_tables: vec![] };
        let known = BTreeMap::from([("in".to_owned(), 1), ("all".to_owned(), 1)]);
        let (layout, _) = lay_out(&plan, "app", OffsetReset::Latest, known, &Matches::new());
        let resets: Vec<OffsetReset> = layout.subs[0].sources.iter().map(|source| source.reset).collect();
        assert_eq!(resets, [OffsetReset::Latest, OffsetReset::Earliest, OffsetReset::Earliest, OffsetReset::Earliest]);
    }
}
