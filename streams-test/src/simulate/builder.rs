//! The builder of a simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::codec::{Codec, Encoded, StreamData};
use streams_runtime::plan::{SinkPlan, SourceTopics, TopologyPlan};
use streams_runtime::{Streams, Topology};

use super::outcome::Outcome;
use super::plan::{Asked, Cuts, Plan};
use super::random::Random;
use super::search::{Failure, Report, search, shrink};
use super::watch::{Appended, Fed, Round, Watch};
use super::world::{Ran, Scenario, run};

type MakeWatch = Arc<dyn Fn(&Plan) -> Box<dyn Watch> + Send + Sync>;
type MakeRecord = Arc<dyn Fn(&mut Random, u64) -> Fed + Send + Sync>;
type Look = Arc<dyn Fn(&Outcome<'_>) -> Result<(), String> + Send + Sync>;

/// The variable of the environment that has one run done again.
const REPLAY: &str = "STREAMS_SIMULATE";

/// A simulation before it runs; made by [`simulate`](super::simulate).
pub struct Simulation<T> {
    make: Arc<dyn Fn() -> T + Send + Sync>,
    settings: Arc<dyn Fn(Streams<T>) -> Streams<T> + Send + Sync>,
    application_id: String,
    topics: BTreeMap<String, i32>,
    inputs: Vec<(String, MakeRecord)>,
    asked: Asked,
    seeds: Range<u64>,
    threads: usize,
    is_paced: bool,
    watch: Option<MakeWatch>,
}

impl<T> fmt::Debug for Simulation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("application_id", &self.application_id).field("seeds", &self.seeds).finish_non_exhaustive()
    }
}

/// A record of an input, in the formats of its types.
///
/// # Panics
/// If the key or the value has no bytes in its format: the test is wrong then.
#[track_caller]
pub fn record<K: StreamData + ?Sized, V: StreamData + ?Sized>(key: &K, value: &V, timestamp_ms: i64) -> Fed {
    fn bytes<T: StreamData + ?Sized>(value: &T) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        match T::Codec::default().encode(value, &mut bytes) {
            Ok(Encoded::Bytes) => Some(bytes),
            Ok(Encoded::Null) => None,
            Err(error) => panic!("a `{}` has no bytes: {error}", std::any::type_name::<T>()),
        }
    }
    let key = bytes(key).filter(|_| !<K::Codec as Codec<K>>::NO_KEY);
    Fed { topic: String::new(), partition: None, key, value: bytes(value), timestamp_ms }
}

impl<T: Topology> Simulation<T> {
    pub(super) fn new(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Simulation {
            make: Arc::new(make),
            settings: Arc::new(|streams| streams),
            application_id: "simulated".to_owned(),
            topics: BTreeMap::new(),
            inputs: Vec::new(),
            asked: Asked { zombies: Some(false), ..Asked::default() },
            seeds: 0..100,
            threads: 1,
            is_paced: false,
            watch: None,
        }
    }

    /// How many processes the application has; else the seed says, from 1 to 3.
    #[must_use]
    pub fn processes(mut self, processes: usize) -> Self {
        self.asked.processes = Some(processes.max(1));
        self
    }

    /// How many worker threads each process has; else the seed says.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.asked.threads = Some(threads.max(1));
        self
    }

    /// How many partitions topics have of which nothing else is said; else the seed says, from 1 to
    /// 4.
    #[must_use]
    pub fn partitions(mut self, partitions: i32) -> Self {
        self.asked.partitions = Some(partitions.max(1));
        self
    }

    /// How many steps the input has; in each step every input has a record. Else the seed says.
    #[must_use]
    pub fn steps(mut self, steps: u64) -> Self {
        self.asked.steps = Some(steps);
        self
    }

    /// How many partitions a topic has. Topics that the topology names are there in any case.
    #[must_use]
    pub fn topic(mut self, name: impl Into<String>, partitions: i32) -> Self {
        self.topics.insert(name.into(), partitions);
        self
    }

    /// Makes the records of a topic: the one with this number, which counts from 0. It is to follow
    /// from the number and from what the random numbers say, and from nothing else.
    #[must_use]
    pub fn input(mut self, topic: impl Into<String>, make: impl Fn(&mut Random, u64) -> Fed + Send + Sync + 'static) -> Self {
        self.inputs.push((topic.into(), Arc::new(make)));
        self
    }

    /// Settings of the application, besides those that the seed decides: error handlers, isolation,
    /// and so on.
    #[must_use]
    pub fn settings(mut self, settings: impl Fn(Streams<T>) -> Streams<T> + Send + Sync + 'static) -> Self {
        self.settings = Arc::new(settings);
        self
    }

    /// Whether processes may stand still for so long that their tasks are given to others, and then
    /// wake up. What such a process writes before it hears of that may replace newer results:
    /// without transactions nobody can keep it out. [`Outcome::is_stale`] tells these keys.
    /// Default: no.
    #[must_use]
    pub fn zombies(mut self, zombies: bool) -> Self {
        self.asked.zombies = Some(zombies);
        self
    }

    /// Whether wall clocks jump: a schedule by the wall clock waits until a clock that was set back
    /// has caught up. Default: yes.
    #[must_use]
    pub fn clock_jumps(mut self, clock_jumps: bool) -> Self {
        self.asked.steady_clocks = !clock_jumps;
        self
    }

    /// Whether a step of the input waits until everything before it is processed and committed: so
    /// the order in which records of several topics are processed is that of the input, and what is
    /// done twice is of one step. Default: no.
    #[must_use]
    pub fn paced(mut self, is_paced: bool) -> Self {
        self.is_paced = is_paced;
        self
    }

    /// Whether the log is the durable one, over a simulated disk: then the machine goes down as
    /// well, and the process that has the log ends, within an operation of the disk perhaps. The disk
    /// forgets what was not synced, is full, or fails. All that was acknowledged has to be there
    /// after that. Syncs that lie excuse what a loss of power then takes, and nothing else does.
    /// Default: no, the log is in memory.
    #[must_use]
    pub fn on_disk(mut self, on_disk: bool) -> Self {
        self.asked.on_disk = on_disk;
        self
    }

    /// Which seeds are run. Default: the first hundred.
    #[must_use]
    pub fn seeds(mut self, seeds: Range<u64>) -> Self {
        self.seeds = seeds;
        self
    }

    /// On how many threads seeds are run beside each other. Each seed has one. Default: 1.
    #[must_use]
    pub fn in_parallel(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Has somebody else make the input and look on, in the place of [`input`](Self::input) and
    /// [`check`](Self::check).
    #[must_use]
    pub fn watched_by(mut self, watch: impl Fn(&Plan) -> Box<dyn Watch> + Send + Sync + 'static) -> Self {
        self.watch = Some(Arc::new(watch));
        self
    }

    /// Runs all seeds. After each run, and again after a restart of all processes, `look` says what
    /// does not hold; besides, all that the module's documentation names has to.
    ///
    /// With the environment variable `STREAMS_SIMULATE` set to what a failure names, only that run
    /// is done again.
    ///
    /// # Errors
    /// The first seed that fails, as small as it could be made, with what happened in it.
    pub fn check(mut self, look: impl Fn(&Outcome<'_>) -> Result<(), String> + Send + Sync + 'static) -> Result<Report, Failure> {
        let (inputs, look): (_, Look) = (self.inputs.clone(), Arc::new(look));
        self.watch = Some(Arc::new(move |plan| {
            Box::new(Looker { inputs: inputs.clone(), look: Arc::clone(&look), fed: Vec::new(), stale: BTreeMap::new(), seed: plan.seed })
        }));
        self.run()
    }

    /// Runs all seeds, looked on by whom [`watched_by`](Self::watched_by) says.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn run(self) -> Result<Report, Failure> {
        if let Ok(replay) = std::env::var(REPLAY)
            && let Some((seed, cuts)) = parse_replay(&replay)
        {
            let ran = self.one(seed, &cuts, true);
            let report = Report { seeds: 1, steps: ran.steps, ..Report::default() };
            return if ran.findings.is_empty() { Ok(report) } else { Err(Failure::new(seed, cuts, &ran)) };
        }
        let (report, failed) = search(self.seeds.clone(), self.threads, |seed| self.one(seed, &Cuts::default(), false));
        match failed.first() {
            None => Ok(report),
            Some(seed) => Err(shrink(*seed, |cuts, traced| self.one(*seed, cuts, traced), |cuts| self.plan(*seed, cuts))),
        }
    }

    /// Runs all seeds and says which have failed.
    pub fn run_all(&self) -> (Report, Vec<u64>) {
        search(self.seeds.clone(), self.threads, |seed| self.one(seed, &Cuts::default(), false))
    }

    /// Makes the run of a seed that fails as small as it can be.
    pub fn shrink(&self, seed: u64) -> Failure {
        shrink(seed, |cuts, traced| self.one(seed, cuts, traced), |cuts| self.plan(seed, cuts))
    }

    /// One run: what does not hold, what happened, and one number for that.
    pub fn replay(&self, seed: u64, cuts: &Cuts) -> (Vec<String>, Vec<String>, u64) {
        let ran = self.one(seed, cuts, true);
        (ran.findings, ran.trace, ran.hash)
    }

    fn plan(&self, seed: u64, cuts: &Cuts) -> Plan {
        Plan::of(seed, &self.asked, cuts)
    }

    fn one(&self, seed: u64, cuts: &Cuts, traced: bool) -> Ran {
        let plan = self.plan(seed, cuts);
        let watch = match &self.watch {
            Some(watch) => watch(&plan),
            None => {
                Box::new(Looker { inputs: self.inputs.clone(), look: Arc::new(|_| Ok(())), fed: Vec::new(), stale: BTreeMap::new(), seed })
            }
        };
        let (make, settings) = (Arc::clone(&self.make), Arc::clone(&self.settings));
        let mut topics: BTreeMap<String, Option<i32>> = topics_of(&make().plan()).into_iter().map(|topic| (topic, None)).collect();
        topics.extend(self.inputs.iter().map(|(topic, _)| (topic.clone(), None)));
        topics.extend(self.topics.iter().map(|(topic, partitions)| (topic.clone(), Some(*partitions))));
        let scenario = Scenario {
            application_id: self.application_id.clone(),
            topics: topics.into_iter().collect(),
            make: Box::new(move || make()),
            settings: Box::new(move |streams| settings(streams)),
            is_paced: self.is_paced,
            on_disk: self.asked.on_disk,
            watch,
        };
        run(plan, scenario, traced)
    }
}

/// Reads `SEED`, or `SEED/cuts`.
pub(super) fn parse_replay(text: &str) -> Option<(u64, Cuts)> {
    let (seed, cuts) = text.split_once('/').unwrap_or((text, ""));
    Some((seed.trim().parse().ok()?, cuts.trim().parse().ok()?))
}

/// The topics that a topology names and does not own.
fn topics_of(plan: &TopologyPlan) -> BTreeSet<String> {
    let mut topics: BTreeSet<String> = plan.global_tables.iter().map(|table| table.topic.clone()).collect();
    for part in &plan.sub_topologies {
        for source in &part.sources {
            if let SourceTopics::Named(names) = &source.topics {
                topics.extend(names.iter().cloned());
            }
        }
        for sink in &part.sinks {
            if let SinkPlan::Topic(name) = sink {
                topics.insert(name.clone());
            }
        }
    }
    topics
}

/// Looks on for a user: makes the records, and has the results looked at.
struct Looker {
    inputs: Vec<(String, MakeRecord)>,
    look: Look,
    fed: Vec<Fed>,
    stale: BTreeMap<String, BTreeSet<Option<Vec<u8>>>>,
    seed: u64,
}

impl Watch for Looker {
    fn feed(&mut self, random: &mut Random, step: u64) -> Vec<Fed> {
        let mut fed: Vec<Fed> = Vec::new();
        for (topic, make) in &self.inputs {
            fed.push(Fed { topic: topic.clone(), ..make(random, step) });
        }
        self.fed.extend(fed.iter().cloned());
        fed
    }

    fn appended(&mut self, appended: &Appended<'_>) -> Result<(), String> {
        if appended.is_stale {
            self.stale.entry(appended.topic.to_owned()).or_default().insert(appended.record.key.map(<[u8]>::to_vec));
        }
        Ok(())
    }

    fn settled(&mut self, round: Round, log: &EmbeddedLog) -> Vec<String> {
        let outcome = Outcome { log, round, fed: &self.fed, stale: &self.stale, seed: self.seed };
        (self.look)(&outcome).err().into_iter().collect()
    }
}
