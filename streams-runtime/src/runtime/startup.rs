//! Before the first record: everything that can be wrong is looked at once, and reported in one error. Then the internal topics are made.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use super::config::Config;
use super::environment::Environment;
use super::error::{Error, StartupProblem};
use super::layout::{Layout, changelogs, internal_topic, repartition_config};
use super::partitioning::{self, Matches};
use super::upkeep::Looked;
use crate::broker::{Broker, BrokerError, NewTopic, TopicInfo};
use crate::dropped::OnDropped;
use crate::error::OnError;
use crate::plan::{SinkPlan, SourceTopics, TopologyPlan};
use crate::produce_error::OnProduceError;

/// Checks settings that need no broker.
pub(crate) fn check_settings(config: &Config) -> Vec<StartupProblem> {
    let mut problems = Vec::new();
    let id = &config.application_id;
    if id.is_empty() {
        problems.push(StartupProblem::NoApplicationId);
    } else if !id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) || id == "." || id == ".." || id.len() > 200 {
        problems.push(StartupProblem::InvalidApplicationId(id.clone()));
    }
    if config.broker.is_none() {
        problems.push(StartupProblem::NoBroker);
    }
    let mut at_least = |name, value: u128, least: u128| {
        if value < least {
            problems.push(StartupProblem::Setting { name, reason: format!("{value} is less than {least}") });
        }
    };
    at_least("threads", config.threads as u128, 1);
    at_least("commit_interval (ms)", config.commit_interval.as_millis(), 1);
    at_least("session_timeout (ms)", config.session_timeout.as_millis(), 1);
    at_least("max_poll_interval (ms)", config.max_poll_interval.as_millis(), 1);
    at_least("delivery_timeout (ms)", config.delivery_timeout.as_millis(), 1);
    problems
}

/// The lock on the state directory: held as long as it lives.
pub(crate) struct StateDirectory {
    _lock: File,
}

pub(crate) fn lock_state_directory(config: &Config, problems: &mut Vec<StartupProblem>) -> Option<StateDirectory> {
    let directory = config.state_dir.as_ref()?.join(&config.application_id);
    let path = directory.display().to_string();
    let mut problem = |reason: String| {
        problems.push(StartupProblem::StateDirectory { path: path.clone(), reason });
        None
    };
    if let Err(e) = std::fs::create_dir_all(&directory) {
        return problem(format!("cannot be made: {e}"));
    }
    let file = match File::options().create(true).truncate(false).write(true).open(directory.join(".lock")) {
        Ok(file) => file,
        Err(e) => return problem(format!("cannot be written: {e}")),
    };
    match file.try_lock() {
        Ok(()) => Some(StateDirectory { _lock: file }),
        Err(std::fs::TryLockError::WouldBlock) => problem("in use by another process; give each process a directory of its own".into()),
        Err(std::fs::TryLockError::Error(e)) => problem(format!("cannot be locked: {e}")),
    }
}

/// Lays the plan over the broker's topics, making what is missing of the internal ones.
pub(crate) async fn lay_out(plan: &TopologyPlan, config: &Config, broker: &dyn Broker) -> Result<Layout, Error> {
    let mut checks = Checks { plan, config, broker, problems: Vec::new() };
    let layout = match checks.run().await {
        Ok(layout) => layout,
        Err(error) => {
            checks.problems.push(StartupProblem::Broker(error.to_string()));
            Layout::default()
        }
    };
    if !checks.problems.is_empty() {
        return Err(Error::Startup(checks.problems));
    }
    Ok(layout)
}

/// Looks whether the topics are those that the application runs on.
pub(super) async fn look_again(env: Arc<Environment>, now: Arc<Layout>) -> Result<Looked, Error> {
    let internal = format!("{}-", env.config.application_id);
    let names: Vec<&str> = now.partitions.keys().map(String::as_str).filter(|name| !name.starts_with(&internal)).collect();
    let found = env.broker.topics(&names).await?;
    let read = now.all_sources();
    if let Some((name, _)) = names.iter().zip(&found).find(|(name, info)| info.is_none() && read.contains(**name)) {
        return Ok(Looked::Gone((*name).to_owned()));
    }
    let has_grown =
        |(name, info): (&&str, &Option<TopicInfo>)| info.as_ref().is_some_and(|info| now.partitions.get(*name) != Some(&info.partitions));
    if !names.iter().zip(&found).any(has_grown) && !env.plan.has_patterns() {
        return Ok(Looked::Same);
    }
    let next = lay_out(&env.plan, &env.config, &*env.broker).await?;
    Ok(if next.is_same(&now) { Looked::Same } else { Looked::Changed(next) })
}

struct Checks<'a> {
    plan: &'a TopologyPlan,
    config: &'a Config,
    broker: &'a dyn Broker,
    problems: Vec<StartupProblem>,
}

impl Checks<'_> {
    async fn run(&mut self) -> Result<Layout, BrokerError> {
        let mut known = self.user_topics().await?;
        let patterns = self.patterns(&mut known).await?;
        let reset = self.config.offset_reset;
        let (layout, not_copartitioned) = partitioning::lay_out(self.plan, &self.config.application_id, reset, known, &patterns);
        self.problems.extend(not_copartitioned);
        let mut internal: Vec<NewTopic> = Vec::new();
        for sink in self.plan.sub_topologies.iter().flat_map(|s| &s.sinks) {
            if let Some(name) = sink.internal(&self.config.application_id)
                && internal.iter().all(|t| t.name != name)
                && let Some(&partitions) = layout.partitions.get(&name)
            {
                internal.push(internal_topic(name, partitions, repartition_config(), self.config));
            }
        }
        internal.extend(changelogs(self.plan, &layout.subs, self.config));
        if self.problems.is_empty() {
            self.make_internal(&internal).await?;
            self.warn_of_lost_state(&internal).await?;
            self.warn_of_short_sources().await?;
        }
        Ok(layout)
    }

    /// The named topics that are read or written, with their partition counts.
    async fn user_topics(&mut self) -> Result<BTreeMap<String, i32>, BrokerError> {
        let mut roles: BTreeMap<String, &'static str> = BTreeMap::new();
        for sink in self.plan.sub_topologies.iter().flat_map(|s| &s.sinks) {
            if let SinkPlan::Topic(name) = sink {
                roles.insert(name.clone(), "written by the topology");
            }
        }
        for handler in [&self.config.handlers.decode, &self.config.handlers.process] {
            if let OnError::DeadLetter(topic) = handler {
                roles.insert(topic.clone(), "dead-letter topic");
            }
        }
        if let OnProduceError::DeadLetter(topic) = &self.config.handlers.produce {
            roles.insert(topic.clone(), "dead-letter topic");
        }
        if let OnDropped::DeadLetter(topic) = &self.config.handlers.dropped {
            roles.insert(topic.clone(), "dead-letter topic");
        }
        for global in &self.plan.global_tables {
            roles.insert(global.topic.clone(), "read as a global table");
        }
        for source in self.plan.sub_topologies.iter().flat_map(|s| &s.sources) {
            if let SourceTopics::Named(names) = &source.topics {
                roles.extend(names.iter().map(|n| (n.clone(), "read by the topology")));
            }
        }
        let names: Vec<&str> = roles.keys().map(String::as_str).collect();
        let mut known = BTreeMap::new();
        for (name, info) in names.iter().zip(self.broker.topics(&names).await?) {
            match (info, self.config.create_topics) {
                (Some(info), _) => {
                    known.insert((*name).to_owned(), info.partitions);
                }
                (None, Some(partitions)) => {
                    self.make(&NewTopic { name: (*name).to_owned(), partitions, replication: 1, config: BTreeMap::new() }).await?;
                    known.insert((*name).to_owned(), partitions);
                }
                (None, None) => {
                    self.problems.push(StartupProblem::MissingTopic { topic: (*name).to_owned(), role: roles[*name] });
                }
            }
        }
        self.problems.extend(partitioning::check_declared(self.plan, &known));
        Ok(known)
    }

    /// The topics that each pattern source matches now.
    async fn patterns(&mut self, known: &mut BTreeMap<String, i32>) -> Result<Matches, BrokerError> {
        let mut matches = BTreeMap::new();
        for (index, sub) in self.plan.sub_topologies.iter().enumerate() {
            for (source, plan) in sub.sources.iter().enumerate() {
                let SourceTopics::Pattern(pattern) = &plan.topics else { continue };
                let regex = match partitioning::whole(pattern) {
                    Ok(regex) => regex,
                    Err(problem) => {
                        self.problems.push(problem);
                        continue;
                    }
                };
                let mut topics: Vec<String> = Vec::new();
                for info in self.broker.all_topics().await? {
                    if regex.is_match(&info.name) && !info.name.starts_with("__") {
                        known.insert(info.name.to_string(), info.partitions);
                        topics.push(info.name.to_string());
                    }
                }
                if let Some(declared) = plan.partitions {
                    let others = topics.iter().filter_map(|topic| known.get(topic).map(|found| (topic, *found)));
                    let others = others.filter(|(_, found)| *found != declared);
                    let problem = |(topic, found): (&String, i32)| StartupProblem::PartitionCount { topic: topic.clone(), declared, found };
                    self.problems.extend(others.map(problem));
                }
                topics.sort();
                if topics.is_empty() {
                    self.problems.push(StartupProblem::Pattern { pattern: pattern.clone(), reason: "matches no topic".into() });
                }
                matches.insert((index, source), topics);
            }
        }
        Ok(matches)
    }

    /// A table whose topic is its changelog comes back as the topic then is: what was deleted there is gone.
    async fn warn_of_short_sources(&self) -> Result<(), BrokerError> {
        let reused: Vec<_> =
            self.plan.sub_topologies.iter().flat_map(|sub| sub.source_changelogs.iter().map(move |reused| (sub, reused))).collect();
        for (sub, reused) in reused {
            let Some(topic) = sub.source_changelog(&reused.store) else { continue };
            if let Some(policy) = self.broker.topic_config(topic).await?.get("cleanup.policy").filter(|policy| !policy.contains("compact"))
            {
                let store = &reused.store;
                tracing::warn!(
                    topic,
                    store,
                    policy,
                    "the topic is the changelog of a table, and is not compacted: rows that it deletes do not come back"
                );
            }
        }
        Ok(())
    }

    /// A changelog of the application that no state belongs to: its `let` was renamed, or is gone. Another application's name may begin like this
    /// one's, so that it is no more than a warning.
    async fn warn_of_lost_state(&self, internal: &[NewTopic]) -> Result<(), BrokerError> {
        let prefix = format!("{}-", self.config.application_id);
        for info in self.broker.all_topics().await? {
            let Some(state) = info.name.strip_prefix(&prefix).and_then(|name| name.strip_suffix("-changelog")) else { continue };
            if internal.iter().all(|topic| *topic.name != *info.name) {
                let topic = &*info.name;
                tracing::warn!(
                    topic,
                    state,
                    "a changelog without state: if the state was renamed, it begins empty; `.named(…)` behind its operator gives it the old name"
                );
            }
        }
        Ok(())
    }

    async fn make(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        match self.broker.create_topic(topic).await {
            // Another process of the application was faster.
            Ok(()) | Err(BrokerError::TopicExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn make_internal(&mut self, topics: &[NewTopic]) -> Result<(), BrokerError> {
        let names: Vec<&str> = topics.iter().map(|t| t.name.as_str()).collect();
        for (topic, info) in topics.iter().zip(self.broker.topics(&names).await?) {
            let Some(info) = info else {
                tracing::info!(topic = topic.name, partitions = topic.partitions, "internal topic made");
                self.make(topic).await?;
                continue;
            };
            if info.partitions != topic.partitions {
                let reason = format!("it has {} partitions, {} are needed", info.partitions, topic.partitions);
                self.problems.push(StartupProblem::InternalTopic { topic: topic.name.clone(), reason });
            }
            let found = self.broker.topic_config(&topic.name).await?;
            // Only what would lose or mix up data; sizes are the operator's own business.
            for name in ["cleanup.policy", "message.timestamp.type"] {
                if let (Some(found), Some(wanted)) = (found.get(name), topic.config.get(name))
                    && found != wanted
                {
                    let reason = format!("its `{name}` is `{found}`, it must be `{wanted}`");
                    self.problems.push(StartupProblem::InternalTopic { topic: topic.name.clone(), reason });
                }
            }
        }
        Ok(())
    }
}
