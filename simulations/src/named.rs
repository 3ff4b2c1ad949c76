//! The simulations of the project: topologies whose results are sets of ids, and who looks on.

use std::ops::Range;
use std::sync::Arc;

use streams_runtime::Topology;
use streams_test::simulate::{Cuts, Failure, Fed, Report, Round, Simulation, simulate};

use crate::ids::{Ids, Rules};
use crate::random::Topologies;
use crate::topologies::{
    POISON, POISONED, closed, foreign, found, group_of, moved, on_close, poisoned, set_mended, sets, streams, tables, told,
};

/// A simulation by its name.
#[derive(Clone)]
pub(crate) struct Named {
    /// The name on the command line.
    pub(crate) name: &'static str,
    pub(crate) runs: Arc<dyn Runs + Send + Sync>,
}

/// What is done with the seeds of a simulation.
pub(crate) trait Runs {
    /// Runs seeds; which have failed.
    fn search(&self, seeds: Range<u64>, threads: usize) -> (Report, Vec<u64>);
    /// Makes the run of a seed that fails as small as it can be.
    fn shrink(&self, seed: u64) -> Failure;
    /// Does one run: what does not hold, what happened, and one number for that.
    fn replay(&self, seed: u64, cuts: &Cuts) -> (Vec<String>, Vec<String>, u64);
    /// What a seed is about, for whoever reads its run.
    fn about(&self, seed: u64) -> String {
        let _ = seed;
        String::new()
    }
    /// What there is to say of all seeds so far.
    fn told(&self) -> Option<String> {
        None
    }
}

/// A simulation that is the same for all seeds, and is made anew each time.
struct Made<T>(fn() -> Simulation<T>);

impl<T: Topology> Runs for Made<T> {
    fn search(&self, seeds: Range<u64>, threads: usize) -> (Report, Vec<u64>) {
        (self.0)().seeds(seeds).in_parallel(threads).run_all()
    }

    fn shrink(&self, seed: u64) -> Failure {
        (self.0)().shrink(seed)
    }

    fn replay(&self, seed: u64, cuts: &Cuts) -> (Vec<String>, Vec<String>, u64) {
        (self.0)().replay(seed, cuts)
    }
}

/// Later than the end of any window of the input.
const LATE_MS: i64 = 9_000_000;

fn text(bytes: Option<&Vec<u8>>) -> String {
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

fn ms(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX / 2_000) * 1_000
}

/// A record of the far future for each partition, which closes all windows.
fn close(topic: &str, partitions: i32) -> Vec<Fed> {
    (0..partitions).map(|partition| Fed::new(topic, format!("end{partition}"), "end", LATE_MS).to_partition(partition)).collect()
}

fn plain() -> Rules {
    Rules {
        feed: |random, step, next| (0..2).map(|_| Fed::new("in", format!("k{}", random.below(6)), next(), ms(step))).collect(),
        effects: &[("in", &["out", "copies", "simulated-seen-changelog"])],
        results: |record, _| vec![text(record.key.as_ref())],
        kept_in: &["out", "simulated-seen-changelog"],
        sent_to: &[],
        sends_once: false,
        before: |_, _| Vec::new(),
        copied_to: None,
        forgets: None,
        counts: |_, _| true,
        goes_on: true,
        may_fail: |_| false,
    }
}

fn sets_rules() -> Rules {
    Rules { copied_to: Some("copies"), ..plain() }
}

fn moved_rules() -> Rules {
    Rules {
        effects: &[("in", &["simulated-seen-repartition"]), ("simulated-seen-repartition", &["out", "simulated-seen-changelog"])],
        results: |_, id| vec![group_of(id)],
        ..plain()
    }
}

fn windows(effects: &'static [(&'static str, &'static [&'static str])]) -> Rules {
    Rules {
        effects,
        results: |record, _| vec![format!("{}@{}", text(record.key.as_ref()), record.timestamp_ms / 5_000 * 5_000)],
        kept_in: &[],
        sent_to: &["out"],
        sends_once: true,
        forgets: Some(("simulated-seen-changelog", 15_000)),
        before: |round, partitions| if round == Round::Calm { close("in", partitions) } else { Vec::new() },
        goes_on: false,
        ..plain()
    }
}

fn closed_rules() -> Rules {
    windows(&[("in", &["simulated-seen-changelog"])])
}

fn on_close_rules() -> Rules {
    windows(&[("in", &["simulated-seen-changelog"])])
}

fn found_rules() -> Rules {
    Rules {
        feed: |random, step, next| (0..2).map(|_| Fed::new("in", format!("k{}", random.below(6)), next(), ms(step + 1))).collect(),
        effects: &[("in", &["out", "simulated-seen-changelog"])],
        before: |round, _| match round {
            Round::Begin => (0..6).map(|key| Fed::new("rows", format!("k{key}"), "row", 0)).collect(),
            _ => Vec::new(),
        },
        ..plain()
    }
}

/// Two records of each key, three steps apart; of every fourth only the first.
fn pairs(step: u64, next: &mut dyn FnMut() -> String) -> Vec<Fed> {
    let mut fed = vec![Fed::new("in", format!("k{step}"), next(), ms(step))];
    if let Some(before) = step.checked_sub(3).filter(|before| before % 4 != 0) {
        fed.push(Fed::new("rows", format!("k{before}"), next(), ms(step)));
    }
    fed
}

fn tables_rules() -> Rules {
    Rules {
        feed: |_, step, next| pairs(step, next),
        effects: &[("in", &["out", "simulated-left-changelog"]), ("rows", &["out", "simulated-right-changelog"])],
        kept_in: &["out"],
        goes_on: false,
        ..plain()
    }
}

fn streams_rules() -> Rules {
    Rules {
        feed: |_, step, next| pairs(step, next),
        effects: &[("in", &[]), ("rows", &[])],
        kept_in: &[],
        sent_to: &["out"],
        sends_once: true,
        before: |round, partitions| {
            if round == Round::Calm { [close("in", partitions), close("rows", partitions)].concat() } else { Vec::new() }
        },
        goes_on: false,
        ..plain()
    }
}

fn foreign_rules() -> Rules {
    Rules {
        feed: |_, step, next| {
            let mut fed = vec![Fed::new("in", format!("o{step}"), format!("{},k{}", next(), step % 6), ms(step))];
            if step < 6 {
                fed.push(Fed::new("rows", format!("k{step}"), next(), ms(step)));
            }
            fed
        },
        effects: &[("in", &["simulated-orders-changelog"]), ("rows", &["simulated-users-changelog"])],
        results: |record, _| match &*record.topic {
            "in" => vec![text(record.key.as_ref())],
            _ => {
                let user: u64 = text(record.key.as_ref()).trim_start_matches('k').parse().unwrap_or(0);
                (0..200).filter(|order| order % 6 == user).map(|order| format!("o{order}")).collect()
            }
        },
        kept_in: &["out"],
        counts: |key, fed| fed.iter().any(|record| record.topic == "in" && record.key.as_deref() == Some(key.as_bytes())),
        goes_on: false,
        ..plain()
    }
}

fn told_rules() -> Rules {
    Rules { effects: &[("in", &["simulated-sets-changelog"])], kept_in: &["out", "simulated-sets-changelog"], ..plain() }
}

fn poisoned_rules() -> Rules {
    set_mended(false);
    Rules {
        feed: |random, step, next| {
            let mut fed: Vec<Fed> = (0..2).map(|_| Fed::new("in", format!("k{}", random.below(6)), next(), ms(step))).collect();
            if step == 7 {
                fed.push(Fed::new("in", "k1", format!("{},{POISON}", next()), ms(step)));
            }
            fed
        },
        effects: &[("in", &["out", "simulated-seen-changelog"])],
        may_fail: |error| {
            let is_it = error.contains(POISONED);
            if is_it {
                set_mended(true);
            }
            is_it
        },
        ..plain()
    }
}

fn watched<T: Topology>(make: fn() -> T, rules: fn() -> Rules) -> Simulation<T> {
    simulate(make).zombies(true).watched_by(move |_| Box::new(Ids::new(rules())))
}

fn made<T: Topology>(name: &'static str, make: fn() -> Simulation<T>) -> Named {
    Named { name, runs: Arc::new(Made(make)) }
}

/// All simulations.
pub(crate) fn all(random: Option<Topologies>) -> Vec<Named> {
    let mut all = vec![
        made("sets", || watched(sets, sets_rules)),
        made("moved", || watched(moved, moved_rules)),
        made("closed", || watched(closed, closed_rules)),
        made("on_close", || watched(on_close, on_close_rules)),
        made("found", || watched(found, found_rules)),
        made("tables", || watched(tables, tables_rules)),
        made("streams", || watched(streams, streams_rules)),
        made("foreign", || watched(foreign, foreign_rules)),
        made("told", || watched(told, told_rules).clock_jumps(false)),
        made("poisoned", || watched(poisoned, poisoned_rules)),
        made("durable", || watched(sets, sets_rules).on_disk(true)),
        made("durable_moved", || watched(moved, moved_rules).on_disk(true)),
        made("durable_closed", || watched(closed, closed_rules).on_disk(true)),
    ];
    all.extend(random.map(|topologies| Named { name: "random", runs: Arc::new(topologies) }));
    all
}
