//! What a run is made of: all of it follows from the seed, and what is cut out of it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::random::Dice;

/// Microseconds of simulated time.
pub(super) type Micros = u64;
pub(super) const MS: Micros = 1_000;
pub(super) const SECOND: Micros = 1_000 * MS;

/// No message is on its way for longer, whatever became of its sender.
pub(super) const SLOWEST: Micros = 400 * MS;
/// After so long a process that is gone, or has lost its tasks, has nothing on the network any
/// more.
pub(super) const SILENT: Micros = SLOWEST + 100 * MS;

/// Something that goes wrong at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A process is gone from one moment to the next, perhaps within a step after so many calls of
    /// its broker, and comes back.
    Crash { slot: usize, after_calls: Option<u64>, down: Micros, loses_state: bool },
    /// A process ends in good order, and comes back.
    Stop { slot: usize, down: Micros },
    /// A process stands still, and goes on.
    Freeze { slot: usize, lasts: Micros },
    /// The steps of a process take long for a while.
    Slow { slot: usize, lasts: Micros, step: Micros },
    /// The wall clock of a process jumps.
    Clock { slot: usize, by_ms: i64 },
    /// The broker cannot be reached.
    Outage { lasts: Micros },
    /// Some partitions have no leader: all whose number, added to the length of their topic's name,
    /// is one of a class.
    LeadersAway { class: u64, of: u64, lasts: Micros },
    /// The group has no coordinator.
    CoordinatorAway { lasts: Micros },
    /// One process cannot reach the broker.
    Partitioned { slot: usize, lasts: Micros },
    /// The broker takes its time.
    Throttle { lasts: Micros, by: Micros },
    /// Changelogs that may lose records lose those that are out of retention, also while they are
    /// read.
    DeleteHeads { lasts: Micros },
    /// The machine goes down, with all processes and the log, perhaps within an operation of its
    /// disk after so many; it comes back after a while.
    PowerLoss { after: Option<u64>, down: Micros },
    /// All processes end from one moment to the next, and the one that has the log with them.
    AllEnd { down: Micros },
    /// An operation of the disk fails, after so many that do not.
    DiskFails { after: u64 },
    /// The disk has room for so many bytes more.
    DiskFull { room: u64 },
    /// Syncs do nothing for a while, and say that they have.
    SyncsLie { lasts: Micros },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// How often messages go wrong: once in so many, never if 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// Requests that do not arrive.
    pub(super) lost_requests: u64,
    /// Answers that do not arrive.
    pub(super) lost_answers: u64,
    /// Messages that take up to `slow` longer.
    pub(super) slow_messages: u64,
    pub(super) slow: Micros,
    /// Requests that arrive twice, where that does no harm.
    pub(super) doubles: u64,
    /// Requests that the broker turns down for the moment.
    pub(super) turned_down: u64,
}

/// Everything about a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Processes that run at a time.
    pub processes: usize,
    /// Worker threads of each.
    pub threads: usize,
    /// Partitions of topics that have no number of their own.
    pub partitions: i32,
    /// Steps of the input.
    pub steps: u64,
    /// Bytes of cache of each process.
    pub cache_bytes: usize,
    /// How often processes commit.
    pub commit_interval_ms: u64,
    /// Whether state outlives a process, with the position in its changelog.
    pub keeps_state: bool,
    /// Whether processes are static members of their group.
    pub static_members: bool,
    /// A member that is not heard of for so long is thrown out.
    pub session_timeout_ms: u64,
    /// What is not acknowledged by then has failed.
    pub delivery_timeout_ms: u64,
    /// A question that is not answered by then has timed out.
    pub(super) request_timeout: Micros,
    /// Each message takes up to this long.
    pub(super) latency: Micros,
    /// The input comes during this time, and so do the faults.
    pub(super) feed: Micros,
    pub(super) rates: Rates,
    pub(super) faults: Vec<(usize, Micros, Fault)>,
    pub(super) dice: Dice,
}

/// What is left out of a run, to see whether it still fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    faults: BTreeSet<usize>,
    rates: BTreeSet<usize>,
    steps: Option<u64>,
    processes: Option<usize>,
    threads: Option<usize>,
    partitions: Option<i32>,
}

impl Plan {
    /// The plan of a seed, as far as it is not cut.
    pub(super) fn of(seed: u64, asked: &Asked, cuts: &Cuts) -> Self {
        let dice = Dice::new(seed);
        let on = dice.of("plan");
        let slots = asked.processes.unwrap_or_else(|| on.between(1, 1, 3) as usize).max(1);
        let feed = on.pick(2, &[4 * SECOND, 8 * SECOND, 15 * SECOND]);
        let session = on.pick(3, &[1_500, 3_000, 6_000]);
        let zombies = asked.zombies.unwrap_or_else(|| on.one_in(14, 2));
        let mut faults = faults(dice, slots, feed, session, zombies);
        if asked.on_disk {
            faults.extend(disk_faults(dice, feed));
        }
        faults.retain(|(index, _, fault)| !(cuts.faults.contains(index) || asked.steady_clocks && matches!(fault, Fault::Clock { .. })));
        let rate = |which: usize, of: &[u64]| if cuts.rates.contains(&which) { 0 } else { on.pick(20 + which as u64, of) };
        let rates = Rates {
            lost_requests: rate(0, &[0, 0, 30, 200]),
            lost_answers: rate(1, &[0, 0, 30, 200]),
            slow_messages: rate(2, &[0, 0, 8, 40]),
            slow: on.pick(30, &[20 * MS, 120 * MS, 350 * MS]),
            doubles: rate(3, &[0, 0, 10]),
            turned_down: rate(4, &[0, 0, 0, 40]),
        };
        Plan {
            seed,
            processes: cuts.processes.map_or(slots, |processes| processes.min(slots)),
            threads: cuts.threads.or(asked.threads).unwrap_or_else(|| on.between(4, 1, 2) as usize),
            partitions: cuts.partitions.or(asked.partitions).unwrap_or_else(|| on.between(5, 1, 4) as i32),
            steps: cuts.steps.or(asked.steps).unwrap_or_else(|| on.between(6, 10, 80)),
            cache_bytes: on.pick(7, &[0, 400, 1 << 20]),
            commit_interval_ms: on.pick(8, &[20, 100, 400]),
            keeps_state: on.one_in(9, 2),
            static_members: on.one_in(10, 5),
            session_timeout_ms: session,
            delivery_timeout_ms: on.pick(11, &[4_000, 20_000, 120_000]),
            request_timeout: on.pick(12, &[600 * MS, 1_500 * MS]),
            latency: on.pick(13, &[300, 2 * MS, 10 * MS]),
            feed,
            rates,
            faults,
            dice,
        }
    }
}

/// What the user asked for; the seed decides the rest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    pub(super) processes: Option<usize>,
    pub(super) threads: Option<usize>,
    pub(super) partitions: Option<i32>,
    pub(super) steps: Option<u64>,
    /// Whether processes may outlive their sessions.
    pub(super) zombies: Option<bool>,
    /// Whether the log is on a disk.
    pub(super) on_disk: bool,
    /// Whether wall clocks are never set.
    pub(super) steady_clocks: bool,
}

fn faults(dice: Dice, slots: usize, feed: Micros, session_ms: u64, zombies: bool) -> Vec<(usize, Micros, Fault)> {
    let session = session_ms * MS;
    let count = dice.of("faults").pick(0, &[0, 1, 2, 3, 5, 8, 12]);
    let fault = |index: usize| {
        let on = dice.of("fault").nth(index as u64);
        let at = on.below(0, feed);
        let slot = on.below(1, slots as u64) as usize;
        let down = on.between(2, SILENT, 4 * SECOND);
        let short = on.between(3, 50 * MS, 2 * SECOND);
        let away = if on.one_in(4, 8) { on.between(5, 20 * SECOND, 40 * SECOND) } else { short };
        let fault = match on.below(6, 24) {
            0..=5 => Fault::Crash { slot, after_calls: on.one_in(7, 2).then(|| on.below(8, 30)), down, loses_state: on.one_in(9, 4) },
            6..=8 => Fault::Stop { slot, down },
            9..=10 => Fault::Freeze { slot, lasts: on.between(10, 50 * MS, session * 2 / 3) },
            11..=12 if zombies => Fault::Freeze { slot, lasts: on.between(10, session, 3 * session) },
            11..=12 => Fault::Freeze { slot, lasts: on.between(10, 50 * MS, session * 2 / 3) },
            13 => Fault::Slow { slot, lasts: 2 * short, step: on.pick(11, &[5 * MS, 50 * MS, 300 * MS]) },
            14 => Fault::Clock { slot, by_ms: on.between(12, 1, 30) as i64 * 60_000 * if on.one_in(13, 2) { -1 } else { 1 } },
            15..=16 => Fault::Outage { lasts: away },
            17..=18 => {
                let of = on.between(14, 1, 4);
                Fault::LeadersAway { class: on.below(15, of), of, lasts: away }
            }
            19..=20 => Fault::CoordinatorAway { lasts: away },
            21 => Fault::Partitioned { slot, lasts: on.between(16, 50 * MS, if zombies { 2 * session } else { session / 2 }) },
            22 => Fault::Throttle { lasts: 2 * short, by: on.pick(17, &[5 * MS, 30 * MS, 100 * MS]) },
            _ => Fault::DeleteHeads { lasts: 2 * SECOND + short },
        };
        (index, at, fault)
    };
    (0..count).map(fault).collect()
}

/// Numbers of the faults of a disk begin here, so that those of all else stay what they are.
const OF_DISK: usize = 100;

fn disk_faults(dice: Dice, feed: Micros) -> Vec<(usize, Micros, Fault)> {
    let dice = dice.of("faults of the disk");
    let count = dice.pick(0, &[0, 1, 1, 2, 3, 5]);
    let lies = dice.one_in(1, 8);
    let fault = |index: usize| {
        let on = dice.nth(index as u64);
        let down = on.between(2, SILENT, 3 * SECOND);
        let fault = match on.below(1, 10) {
            0..=3 => Fault::PowerLoss { after: on.one_in(3, 2).then(|| on.between(4, 1, 40)), down },
            4 | 5 => Fault::AllEnd { down },
            6 | 7 => Fault::DiskFails { after: on.between(5, 1, 60) },
            8 if lies => Fault::SyncsLie { lasts: on.between(7, 50 * MS, 2 * SECOND) },
            _ => Fault::DiskFull { room: on.below(6, 3_000) },
        };
        (OF_DISK + index, on.below(0, feed), fault)
    };
    (0..count).map(fault).collect()
}

impl Cuts {
    /// Every cut that goes one step further.
    pub(super) fn further(&self, plan: &Plan) -> Vec<Cuts> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut Cuts)| {
            let mut cuts = self.clone();
            change(&mut cuts);
            if cuts != *self {
                all.push(cuts);
            }
        };
        let (first, second) = plan.faults.split_at(plan.faults.len() / 2);
        for half in [first, second].into_iter().filter(|half| half.len() > 1) {
            with(&|cuts| cuts.faults.extend(half.iter().map(|(index, ..)| *index)));
        }
        for (index, ..) in &plan.faults {
            with(&|cuts| cuts.faults.extend([*index]));
        }
        for steps in [plan.steps / 4, plan.steps / 2, plan.steps * 3 / 4, plan.steps.saturating_sub(1)] {
            if steps > 0 && steps < plan.steps {
                with(&|cuts| cuts.steps = Some(steps));
            }
        }
        let shown =
            [plan.rates.lost_requests, plan.rates.lost_answers, plan.rates.slow_messages, plan.rates.doubles, plan.rates.turned_down];
        for (rate, _) in shown.iter().enumerate().filter(|(_, rate)| **rate > 0) {
            with(&|cuts| cuts.rates.extend([rate]));
        }
        if plan.processes > 1 {
            with(&|cuts| cuts.processes = Some(plan.processes - 1));
        }
        if plan.threads > 1 {
            with(&|cuts| cuts.threads = Some(1));
        }
        if plan.partitions > 1 {
            with(&|cuts| cuts.partitions = Some(plan.partitions - 1));
        }
        all
    }
}

impl fmt::Display for Cuts {
    /// One part for each kind of cut: `f0,3/q1/r40/p2/t1/n2`; nothing if nothing is cut.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |of: &BTreeSet<usize>| of.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let mut parts = Vec::new();
        if !self.faults.is_empty() {
            parts.push(format!("f{}", list(&self.faults)));
        }
        if !self.rates.is_empty() {
            parts.push(format!("q{}", list(&self.rates)));
        }
        parts.extend(self.steps.map(|steps| format!("r{steps}")));
        parts.extend(self.processes.map(|processes| format!("p{processes}")));
        parts.extend(self.threads.map(|threads| format!("t{threads}")));
        parts.extend(self.partitions.map(|partitions| format!("n{partitions}")));
        f.write_str(&parts.join("/"))
    }
}

impl FromStr for Cuts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut cuts = Cuts::default();
        for part in text.split('/').filter(|part| !part.is_empty()) {
            let unknown = || format!("`{part}` says nothing about what to leave out");
            let kind = part.chars().next().ok_or_else(unknown)?;
            let rest = part.get(1..).ok_or_else(unknown)?;
            let list = || rest.split(',').map(|number| number.parse().map_err(|_| unknown())).collect::<Result<BTreeSet<usize>, String>>();
            let number = || rest.parse::<u64>().map_err(|_| unknown());
            match kind {
                'f' => cuts.faults = list()?,
                'q' => cuts.rates = list()?,
                'r' => cuts.steps = Some(number()?),
                'p' => cuts.processes = Some(number()?.max(1) as usize),
                't' => cuts.threads = Some(number()?.max(1) as usize),
                'n' => cuts.partitions = Some(number()?.clamp(1, 1_000) as i32),
                _ => return Err(unknown()),
            }
        }
        Ok(cuts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_read_as_they_are_written() {
        for text in ["", "f0,3", "f1/q1,2/r40/p2/t1/n2"] {
            assert_eq!(text.parse::<Cuts>().unwrap().to_string(), text);
        }
        assert!("x1".parse::<Cuts>().is_err());
        assert!("ra".parse::<Cuts>().is_err());
    }

    #[test]
    fn a_cut_leaves_everything_else_as_it_was() {
        let whole = (0..).map(|seed| Plan::of(seed, &Asked::default(), &Cuts::default())).find(|plan| plan.faults.len() > 3).unwrap();
        let cut = Plan::of(whole.seed, &Asked::default(), &"f1/r5".parse().unwrap());
        let kept: Vec<_> = whole.faults.iter().filter(|(index, ..)| *index != 1).copied().collect();
        assert_eq!(cut.faults, kept);
        assert_eq!((cut.steps, cut.cache_bytes), (5, whole.cache_bytes));
    }
}
