//! The simulations of the project: topologies whose results are sets of ids, and who looks on.

use streams_runtime::Topology;
use streams_test::simulate::{Cuts, Failure, Fed, Report, Simulation, simulate};

use crate::ids::{Ids, Rules};
use crate::topologies::{group_of, moved, sets};

/// A simulation by its name.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// Runs seeds; which have failed.
    pub(crate) search: fn(std::ops::Range<u64>, usize) -> (Report, Vec<u64>),
    /// Makes the run of a seed that fails as small as it can be.
    pub(crate) shrink: fn(u64) -> Failure,
    /// Does one run: what does not hold, what happened, and one number for that.
    pub(crate) replay: fn(u64, &Cuts) -> (Vec<String>, Vec<String>, u64),
}

/// Beyond any window of the input.
const LATE_MS: i64 = 9_000_000;

fn plain() -> Rules {
    Rules {
        feed: |random, step, next| {
            let record = |_| Fed::new("in", format!("k{}", random.below(6)), next(), step as i64 * 1_000);
            (0..2).map(record).collect()
        },
        effects: &[("in", &["out", "copies", "simulated-seen-changelog"])],
        results: |record, _| vec![String::from_utf8_lossy(record.key.as_deref().unwrap_or_default()).into_owned()],
        kept_in: &["out", "simulated-seen-changelog"],
        sent_to: &[],
        before: |_, _| Vec::new(),
        goes_on: true,
        may_fail: |_| false,
    }
}

fn moved_rules() -> Rules {
    Rules {
        effects: &[("in", &["simulated-seen-repartition"]), ("simulated-seen-repartition", &["out", "simulated-seen-changelog"])],
        results: |_, id| vec![group_of(id)],
        ..plain()
    }
}

fn watched<T: Topology>(make: fn() -> T, rules: fn() -> Rules) -> Simulation<T> {
    simulate(make).zombies(true).watched_by(move |_| Box::new(Ids::new(rules())))
}

macro_rules! named {
    ($($name:literal: $simulation:expr),* $(,)?) => {
        /// All simulations.
        pub(crate) const ALL: &[Named] = &[$(Named {
            name: $name,
            search: |seeds, threads| $simulation.seeds(seeds).in_parallel(threads).run_all(),
            shrink: |seed| $simulation.shrink(seed),
            replay: |seed, cuts| $simulation.replay(seed, cuts),
        }),*];
    };
}

named! {
    "sets": watched(sets, plain),
    "moved": watched(moved, moved_rules),
}

const _: i64 = LATE_MS;
