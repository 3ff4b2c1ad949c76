//! Looks on by ids: each record that goes in has one of its own, and whatever comes of it holds
//! that id.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use streams_runtime::broker::TopicPartition;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_test::simulate::{Appended, Fed, Random, Round, Stored, Watch};

/// What a topology does with ids.
pub(crate) struct Rules {
    /// The records of a step of the input; `next` gives an id.
    pub(crate) feed: fn(&mut Random, u64, &mut dyn FnMut() -> String) -> Vec<Fed>,
    /// For each topic that is read: topics of which each has to hold the id of a record when its
    /// offset is committed.
    pub(crate) effects: &'static [(&'static str, &'static [&'static str])],
    /// The keys of results that have to hold the id of a record.
    pub(crate) results: fn(&Fed, &str) -> Vec<String>,
    /// Where the last record of such a key has to hold all of its ids.
    pub(crate) kept_in: &'static [&'static str],
    /// Where records are results once, so that one record of such a key has to hold all of its ids.
    pub(crate) sent_to: &'static [&'static str],
    /// What has to come before everything is done.
    pub(crate) before: fn(Round, i32) -> Vec<Fed>,
    /// Results are not sent again when what they come from is committed.
    pub(crate) sends_once: bool,
    /// Where each record of `in` is as often as it was processed.
    pub(crate) copied_to: Option<&'static str>,
    /// A changelog that loses rows that are older, by the times of committed records.
    pub(crate) forgets: Option<(&'static str, i64)>,
    /// Only these keys of results are looked at.
    pub(crate) counts: fn(&str, &[Fed]) -> bool,
    /// Whether each key gets another id after a restart.
    pub(crate) goes_on: bool,
    /// Whether the application may end with this error.
    pub(crate) may_fail: fn(&str) -> bool,
}

/// The ids in a value, however they are separated.
fn ids(value: Option<&[u8]>) -> impl Iterator<Item = &str> {
    let text = value.and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default();
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_id(word))
}

fn is_id(word: &str) -> bool {
    word.len() > 1 && word.starts_with('i') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Ids in bytes that hold more than text.
fn ids_within(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for part in bytes.split(|byte| !byte.is_ascii_alphanumeric()) {
        if let Ok(word) = std::str::from_utf8(part)
            && is_id(word)
        {
            found.push(word.to_owned());
        }
    }
    found
}

pub(crate) struct Ids {
    rules: Rules,
    next_id: u64,
    fed: Vec<Fed>,
    /// The ids of the records of each partition that is read, by their offsets.
    read: HashMap<TopicPartition, Vec<Vec<String>>>,
    /// The ids that each topic has held at any time.
    held: HashMap<String, HashSet<String>>,
    /// For each key of a result what it has to hold, and the other way round.
    expected: BTreeMap<String, BTreeSet<String>>,
    keys_of: HashMap<String, Vec<String>>,
    /// Keys whose last row may be an old one.
    stale: BTreeSet<String>,
    /// Up to where is committed.
    committed: HashMap<TopicPartition, i64>,
    /// How often the records of each partition were given to a process.
    delivered: HashMap<TopicPartition, Vec<u32>>,
    /// Where changelogs begin that have lost rows.
    starts: HashMap<TopicPartition, i64>,
    /// The partition of each key of the input.
    partition_of: HashMap<String, i32>,
    /// For each result up to where its inputs were given to a process when it was sent first.
    sent: HashMap<(String, String), BTreeMap<TopicPartition, i64>>,
    /// Ids that are committed.
    settled: HashSet<String>,
    /// Ids that a store of a partition has from its changelog, maybe in a process that ended since.
    restored: HashMap<(String, i32), HashSet<String>>,
}

impl Ids {
    pub(crate) fn new(rules: Rules) -> Self {
        Ids {
            rules,
            next_id: 0,
            fed: Vec::new(),
            read: HashMap::new(),
            held: HashMap::new(),
            expected: BTreeMap::new(),
            keys_of: HashMap::new(),
            stale: BTreeSet::new(),
            committed: HashMap::new(),
            delivered: HashMap::new(),
            starts: HashMap::new(),
            partition_of: HashMap::new(),
            sent: HashMap::new(),
            settled: HashSet::new(),
            restored: HashMap::new(),
        }
    }

    fn expect(&mut self, fed: &[Fed]) {
        self.fed.extend_from_slice(fed);
        for record in fed {
            for id in ids(record.value.as_deref()) {
                for key in (self.rules.results)(record, id) {
                    self.expected.entry(key.clone()).or_default().insert(id.to_owned());
                    self.keys_of.entry(id.to_owned()).or_default().push(key);
                }
            }
        }
    }

    fn compare(&self, log: &EmbeddedLog, topic: &str, any: bool) -> Vec<String> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut whole: BTreeSet<String> = BTreeSet::new();
        for partition in 0..log.partitions(topic).unwrap_or(0) {
            let Ok(records) = log.read(topic, partition, 0, usize::MAX) else {
                return vec![format!("`{topic}` cannot be read")];
            };
            for record in records.iter() {
                let key = String::from_utf8_lossy(record.key.unwrap_or_default()).into_owned();
                let set: BTreeSet<String> = ids(record.value).map(str::to_owned).collect();
                if self.expected.get(&key) == Some(&set) {
                    whole.insert(key.clone());
                }
                found.insert(key, set);
            }
        }
        let mut findings = Vec::new();
        let counts = |key: &String| !self.stale.contains(key) && (self.rules.counts)(key, &self.fed);
        for (key, expected) in self.expected.iter().filter(|(key, _)| counts(key)) {
            if any && whole.contains(key) {
                continue;
            }
            match found.get(key) {
                Some(found) if found == expected => {}
                Some(found) => {
                    let lost: Vec<_> = expected.difference(found).collect();
                    let more: Vec<_> = found.difference(expected).collect();
                    findings.push(format!("`{key}` in `{topic}` lacks {lost:?} and has {more:?} too many"));
                }
                None => findings.push(format!("`{key}` is not in `{topic}`")),
            }
        }
        findings
    }
}

impl Ids {
    /// A record is a result at least once, and not more often than a process was given it, which
    /// begins to read where is committed.
    fn count_copies(&self, log: &EmbeddedLog, topic: &str) -> Vec<String> {
        let mut found: HashMap<String, u32> = HashMap::new();
        for partition in 0..log.partitions(topic).unwrap_or(0) {
            for record in log.read(topic, partition, 0, usize::MAX).unwrap_or_default().iter() {
                ids(record.value).for_each(|id| *found.entry(id.to_owned()).or_default() += 1);
            }
        }
        let mut findings = Vec::new();
        for (partition, records) in self.read.iter().filter(|(partition, _)| &*partition.topic == "in") {
            for (at, id) in records.iter().enumerate().flat_map(|(at, ids)| ids.iter().map(move |id| (at, id))) {
                let given = self.delivered.get(partition).and_then(|times| times.get(at)).copied().unwrap_or(0);
                let copies = found.get(id).copied().unwrap_or(0);
                if copies == 0 || copies > given {
                    findings.push(format!("{id} of {partition}@{at} is {copies} times in `{topic}`, and was given {given} times"));
                }
            }
        }
        findings.sort();
        findings
    }
}

impl Ids {
    /// A result that was sent already, when all that it can come from was committed.
    fn send(&mut self, appended: &Appended<'_>) -> Result<(), String> {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let key = text(appended.record.key);
        if appended.topic == "in" || appended.topic == "rows" {
            self.partition_of.insert(key, appended.partition);
            return Ok(());
        }
        if appended.topic != "out" || appended.is_stale || self.stale.contains(&key) {
            return Ok(());
        }
        let Some(&partition) = key.split('@').next().and_then(|key| self.partition_of.get(key)) else { return Ok(()) };
        let value = text(appended.record.value);
        let given = self.delivered.iter().filter(|(from, _)| from.partition == partition && matches!(&*from.topic, "in" | "rows"));
        let given = || given.map(|(from, times)| (from.clone(), times.len() as i64)).collect::<BTreeMap<_, _>>();
        match self.sent.get(&(key.clone(), value.clone())) {
            Some(before) if before.iter().all(|(from, end)| self.committed.get(from).is_some_and(|committed| committed >= end)) => {
                let before: Vec<String> = before.iter().map(|(from, end)| format!("{from}@{end}")).collect();
                Err(format!("`{key}` is sent again, although all up to {} was committed: {value}", before.join(" and ")))
            }
            Some(_) => Ok(()),
            None => {
                let given = given();
                self.sent.insert((key, value), given);
                Ok(())
            }
        }
    }
}

impl Watch for Ids {
    fn feed(&mut self, random: &mut Random, step: u64) -> Vec<Fed> {
        let next_id = &mut self.next_id;
        let mut next = || {
            *next_id += 1;
            format!("i{next_id}")
        };
        let fed = (self.rules.feed)(random, step, &mut next);
        self.expect(&fed);
        fed
    }

    fn appended(&mut self, appended: &Appended<'_>) -> Result<(), String> {
        let record = &appended.record;
        let found: Vec<String> = ids(record.value).map(str::to_owned).collect();
        let partition = TopicPartition::new(appended.topic, appended.partition);
        self.read.entry(partition).or_default().push(ids_within(record.value.unwrap_or_default()));
        let found = if appended.topic.ends_with("-changelog") { ids_within(record.value.unwrap_or_default()) } else { found };
        if appended.is_stale && !appended.topic.ends_with("-repartition") {
            for id in &found {
                self.stale.extend(self.keys_of.get(id).into_iter().flatten().cloned());
            }
            if found.is_empty() {
                // A deletion, of whatever.
                self.stale.extend(self.expected.keys().cloned());
            }
        }
        self.held.entry(appended.topic.to_owned()).or_default().extend(found);
        if self.rules.sends_once { self.send(appended) } else { Ok(()) }
    }

    fn delivered(&mut self, partition: &TopicPartition, offset: i64) {
        let times = self.delivered.entry(partition.clone()).or_default();
        let at = offset.max(0) as usize;
        if times.len() <= at {
            times.resize(at + 1, 0);
        }
        times[at] += 1;
    }

    fn committed(&mut self, partition: &TopicPartition, offset: i64) -> Result<(), String> {
        let before = self.committed.insert(partition.clone(), offset).unwrap_or(0);
        let effects = self.rules.effects.iter().find(|(topic, _)| *topic == &*partition.topic);
        let topics = effects.map_or(&[][..], |(_, topics)| *topics);
        let records = self.read.get(partition).map(Vec::as_slice).unwrap_or_default();
        let (from, to) = (before.max(0) as usize, (offset.max(0) as usize).min(records.len()));
        for (at, found) in records.iter().enumerate().take(to).skip(from) {
            for id in found {
                for topic in topics {
                    if !self.held.get(*topic).is_some_and(|held| held.contains(id)) {
                        return Err(format!("{partition} is committed up to {offset}, and {id} of offset {at} is not in `{topic}`"));
                    }
                }
                self.settled.insert(id.clone());
            }
        }
        Ok(())
    }

    fn stored(&mut self, stored: &Stored<'_>) -> Result<(), String> {
        // What passes through other tasks is committed there.
        let changelog = format!("simulated-{}-changelog", stored.store);
        if !self.rules.effects.iter().any(|(_, topics)| topics.contains(&changelog.as_str())) {
            return Ok(());
        }
        let found = stored.writes.iter().filter_map(|(_, value)| *value).flat_map(ids_within);
        let restored = self.restored.entry((stored.store.to_owned(), stored.partition)).or_default();
        if stored.is_restored {
            restored.extend(found);
            return Ok(());
        }
        let mut found = found.filter(|id| !self.settled.contains(id) && !restored.contains(id));
        match found.next() {
            Some(id) => Err(format!("the backend of `{}` {} has {id}, which is not committed", stored.store, stored.partition)),
            None => Ok(()),
        }
    }

    fn cut(&mut self, partition: &TopicPartition, end: i64, _: &EmbeddedLog) {
        if let Some(records) = self.read.get_mut(partition) {
            records.truncate(end.max(0) as usize);
        }
        let of_topic = self.read.iter().filter(|(other, _)| other.topic == partition.topic);
        let held = of_topic.flat_map(|(_, records)| records.iter().flatten().cloned()).collect();
        self.held.insert(partition.topic.to_string(), held);
    }

    fn before(&mut self, round: Round, partitions: i32) -> Vec<Fed> {
        let mut fed = (self.rules.before)(round, partitions);
        if round == Round::Begin {
            return fed;
        }
        if round == Round::Restarted && self.rules.goes_on {
            for key in self.expected.keys().cloned().collect::<Vec<_>>() {
                self.next_id += 1;
                fed.push(Fed::new("in", key, format!("i{}", self.next_id), 10_000_000));
            }
        }
        self.expect(&fed);
        fed
    }

    fn settled(&mut self, round: Round, log: &EmbeddedLog) -> Vec<String> {
        let _ = round;
        let kept = self.rules.kept_in.iter().flat_map(|topic| self.compare(log, topic, false));
        let sent = self.rules.sent_to.iter().flat_map(|topic| self.compare(log, topic, true));
        let copied = self.rules.copied_to.iter().flat_map(|topic| self.count_copies(log, topic));
        kept.chain(sent).chain(copied).collect()
    }

    fn out_of_retention(&mut self, log: &EmbeddedLog, committed: &dyn Fn(&TopicPartition) -> i64) -> Vec<(TopicPartition, i64)> {
        let Some((changelog, retention_ms)) = self.rules.forgets else { return Vec::new() };
        let mut before = Vec::new();
        for partition in 0..log.partitions(changelog).unwrap_or(0) {
            let committed = committed(&TopicPartition::new("in", partition));
            let id = TopicPartition::new(changelog, partition);
            let start = self.starts.get(&id).copied().unwrap_or(0);
            let done = log.read("in", partition, 0, usize::MAX).unwrap_or_default();
            let newest_ms = done.iter().filter(|record| record.offset < committed).map(|record| record.timestamp_ms).max();
            let rows = log.read(changelog, partition, start, usize::MAX).unwrap_or_default();
            let kept = newest_ms.and_then(|newest_ms| rows.iter().find(|row| row.timestamp_ms > newest_ms - retention_ms));
            if let Some(row) = kept.filter(|row| row.offset > start) {
                self.starts.insert(id.clone(), row.offset);
                before.push((id, row.offset));
            }
        }
        before
    }

    fn may_fail(&mut self, error: &str) -> bool {
        (self.rules.may_fail)(error)
    }
}
