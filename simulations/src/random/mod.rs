//! Random topologies, those of `properties`, in simulations: what they come to is what the model
//! says, as far as records that are done twice permit.
//!
//! A seed says which topology it is of, and how it is run:
//!
//! - **paced**, where no two ways lead from a record to one task: over one partition, without
//!   caches, each record when the one before it is committed. Then the results of each record are
//!   what the model says, and so are the rows of the changelogs in the end, through any number of
//!   restarts. If a record is done twice, its own results are not compared; what follows has to be
//!   that of a model which took it in once or twice. If it is neither, the record was done in part,
//!   and the comparison ends.
//! - **free**: over several partitions, with caches, records whenever they come.
//!
//! In both, what does not depend on order and repeats is compared in the end and after a restart of
//! all processes: what tables come to that follow from the last record of each key, each record of
//! a topic that follows from one record of the input (it is there, and not more often than it was
//! done), and counts (not too low, and too high by no more than what was done twice).

mod crate_files;
mod expected;
mod follow;
mod shape;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use properties::input;
use properties::model::Record;
use properties::random::Random;
use properties::render;
use properties::run::Suite;
use properties::topology::{Op, Topology};
use streams_runtime::plan::TopologyPlan;
use streams_runtime::stores::GlobalStores;
use streams_runtime::task::TaskBuilder;
use streams_runtime::{AnyTopology, Topology as Runs};
use streams_test::simulate::{Cuts, Failure, Report, Simulation, simulate};

pub use crate_files::write;
use follow::Follow;
use shape::Shape;

/// Makes a topology.
type Make = fn() -> AnyTopology;

/// What was compared, over all seeds.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Runs whose results can be compared one by one, and those where they were to their end.
    paced: AtomicU64,
    exact: AtomicU64,
    /// Records of the input whose results were compared one by one.
    steps: AtomicU64,
    /// Tables whose rows were compared in the end.
    tables: AtomicU64,
    /// Topics of which each record was looked for.
    topics: AtomicU64,
}

/// The topologies of a suite, compiled.
#[derive(Clone)]
pub struct Topologies {
    entries: Vec<(&'static Shape, Make)>,
    tally: Arc<Tally>,
}

impl fmt::Debug for Topologies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topologies").field("count", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Topologies {
    /// Those of a suite, as text, with what they were compiled to.
    ///
    /// # Errors
    /// When the text is none of a suite.
    pub fn new(suite: &str, made: &[Make]) -> Result<Self, String> {
        let suite: Suite = serde_json::from_str(suite).map_err(|error| format!("the topologies cannot be read: {error}"))?;
        let shapes = suite.topologies.into_iter().zip(made);
        let entries = shapes.map(|(topology, make)| (shape(topology, *make), *make)).collect();
        Ok(Topologies { entries, tally: Arc::default() })
    }

    /// The simulation of a seed, which says which topology it is of.
    fn of(&self, seed: u64) -> Option<Simulation<Erased>> {
        // A subject of its own, so that nothing of the run hangs on it.
        let mut random = Random::new(seed ^ 0x7261_6e64_6f6d);
        let place = random.below(self.entries.len().max(1) as u64) as usize;
        let (shape, make) = self.entries.get(place).copied()?;
        let is_exact = shape.has_an_order() && random.percent(65);
        let input = Input::new(shape.topology(), random.next_u64(), is_exact);
        let (steps, on_disk) = (input.steps.len() as u64, random.percent(25));
        let mut simulation = simulate(move || Erased(make())).steps(steps).paced(is_exact).on_disk(on_disk);
        for topic in shape.computed_topics() {
            simulation = simulation.topic(topic, if is_exact { 1 } else { 3 });
        }
        if is_exact {
            // One partition, so that there is one order of everything, and no cache that keeps
            // results back.
            simulation = simulation.partitions(1).settings(|streams| streams.cache_max_bytes(0));
        }
        let tally = Arc::clone(&self.tally);
        tally.paced.fetch_add(u64::from(is_exact), Ordering::Relaxed);
        Some(simulation.watched_by(move |_| Box::new(Follow::new(shape, input.clone(), is_exact, Arc::clone(&tally)))))
    }
}

/// Lives as long as the program: models point to it.
fn shape(topology: Topology, make: Make) -> &'static Shape {
    Box::leak(Box::new(Shape::new(topology, make().plan())))
}

/// The records of a run.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// Those of global tables, which are there before anything is processed.
    pub(crate) globals: Vec<Record>,
    /// One for each step.
    pub(crate) steps: Vec<Record>,
    /// The last one, which comes after all processes were started anew.
    pub(crate) last: Option<Record>,
}

impl Input {
    fn new(topology: &Topology, seed: u64, keeps_last: bool) -> Self {
        let is_global = |record: &Record| {
            let globals = topology.nodes.iter().filter_map(|node| if let Op::GlobalTable(topic) = node.op { Some(topic) } else { None });
            globals.into_iter().any(|topic| topology.topics[topic].name == record.topic)
        };
        let records = input::steps(topology, seed).into_iter().map(|step| Record { headers: Vec::new(), ..step.record });
        let (globals, mut steps): (Vec<Record>, Vec<Record>) = records.partition(is_global);
        let last = if keeps_last { steps.pop() } else { None };
        Input { globals, steps, last }
    }
}

/// A topology whose type is not known.
struct Erased(AnyTopology);

impl Runs for Erased {
    fn plan(&self) -> TopologyPlan {
        self.0.plan().clone()
    }

    fn layout(&self) -> &'static [(&'static str, &'static str)] {
        self.0.layout()
    }

    fn globals(&self, globals: &mut GlobalStores) {
        self.0.globals(globals);
    }

    fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder<'_>) {
        self.0.build(sub_topology, b);
    }
}

impl crate::named::Runs for Topologies {
    fn search(&self, seeds: Range<u64>, threads: usize) -> (Report, Vec<u64>) {
        let next = AtomicU64::new(seeds.start);
        let found: Mutex<(Report, Vec<u64>)> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            return;
                        }
                        let Some(simulation) = self.of(seed) else { return };
                        let (report, failed) = simulation.seeds(seed..seed.saturating_add(1)).run_all();
                        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                        found.0.seeds += report.seeds;
                        found.0.failed += report.failed;
                        found.0.steps += report.steps;
                        found.1.extend(failed);
                    }
                });
            }
        });
        let (report, mut failed) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.sort_unstable();
        (report, failed)
    }

    fn shrink(&self, seed: u64) -> Failure {
        match self.of(seed) {
            Some(simulation) => simulation.shrink(seed),
            None => Failure { replay: seed.to_string(), findings: vec!["there are no topologies".to_owned()], trace: Vec::new() },
        }
    }

    fn replay(&self, seed: u64, cuts: &Cuts) -> (Vec<String>, Vec<String>, u64) {
        self.of(seed).map(|simulation| simulation.replay(seed, cuts)).unwrap_or_default()
    }

    fn about(&self, seed: u64) -> String {
        let mut random = Random::new(seed ^ 0x7261_6e64_6f6d);
        let place = random.below(self.entries.len().max(1) as u64) as usize;
        self.entries.get(place).map_or_else(String::new, |(shape, _)| format!("topology {place}:\n{}", render::topology(shape.topology())))
    }

    fn told(&self) -> Option<String> {
        let Tally { paced, exact, steps, tables, topics } = &*self.tally;
        let [paced, exact, steps, tables, topics] = [paced, exact, steps, tables, topics].map(|count| count.load(Ordering::Relaxed));
        Some(format!("of {paced} runs {exact} compared to their end, {steps} records one by one; {tables} tables, {topics} topics"))
    }
}
