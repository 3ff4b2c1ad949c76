//! What goes wrong in a run: all of it follows from the seed.

use std::time::Duration;

use super::dice::Dice;

/// The topology of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sets of what came for a key.
    Sets,
    /// The same behind a repartition topic.
    Moved,
    /// The same in windows, sent once when they close.
    Closed,
    /// Sets, and one that cannot be sent until the application is mended.
    Poisoned,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Sets, Kind::Moved, Kind::Closed, Kind::Poisoned];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sets => "sets",
            Kind::Moved => "moved",
            Kind::Closed => "closed",
            Kind::Poisoned => "poisoned",
        }
    }
}

/// Something that happens to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another process starts.
    Start,
    /// A process ends in good order.
    Stop,
    /// A process is gone from one moment to the next.
    Kill,
    /// A process stands still for so many milliseconds, and goes on.
    Freeze(u64),
    /// The wall clock of all processes moves by so many milliseconds.
    Clock(i64),
}

/// Requests to the broker that are not answered.
#[derive(Clone, Copy, Debug)]
pub struct Away {
    /// At which step it begins.
    pub from_step: u64,
    /// How long it lasts.
    pub lasts: Duration,
}

/// All that goes wrong in a run.
#[derive(Clone, Debug)]
pub struct Script {
    /// The seed.
    pub seed: u64,
    /// The topology.
    pub kind: Kind,
    /// Partitions of the topics.
    pub partitions: i32,
    /// Processes at the start.
    pub processes: usize,
    /// Threads of each.
    pub threads: usize,
    /// Bytes of cache of each.
    pub cache_bytes: usize,
    /// How often they commit.
    pub commit_interval: Duration,
    /// How long each request takes.
    pub latency: Duration,
    /// Of so many batches one is held back; none if 0.
    pub held_one_in: u64,
    /// How long.
    pub held_for: Duration,
    /// The leader of the topic of results is away for longer than the delivery timeout, from this
    /// batch on, until the process ends.
    pub undelivered_from: Option<u64>,
    /// Of so many commits one is done and reported as timed out; none if 0.
    pub unknown_commits_one_in: u64,
    /// The broker does not answer for a while.
    pub away: Option<Away>,
    /// The heads of changelogs are deleted while they are restored.
    pub deletes_heads: bool,
    /// What happens at which step.
    pub events: Vec<(u64, Event)>,
}

/// Steps of a run; records come with each.
pub(super) const STEPS: u64 = 40;

impl Script {
    /// The script of a seed; of one topology, or of any.
    #[must_use]
    pub fn of(seed: u64, kind: Option<Kind>) -> Self {
        let dice = Dice::new(seed).of("script");
        let kind = kind.or_else(|| dice.pick(0, &Kind::ALL)).unwrap_or(Kind::Sets);
        let mut events = Vec::new();
        for step in 1..STEPS {
            let at = dice.of("events");
            if at.one_in(step, 8) {
                let minutes = dice.of("minutes").below(step, 20) as i64 + 1;
                let event = match dice.of("event").below(step, 12) {
                    0..=3 => Event::Start,
                    4..=5 => Event::Stop,
                    6..=8 => Event::Kill,
                    9..=10 => Event::Freeze(dice.of("freeze").below(step, 900)),
                    _ => Event::Clock(minutes * 60_000 * if dice.one_in(step, 2) { -1 } else { 1 }),
                };
                events.push((step, event));
            }
        }
        let away = dice.one_in(1, 4).then(|| Away {
            from_step: dice.below(2, STEPS),
            // Once in a while longer than anybody tries.
            lasts: if dice.one_in(3, 8) { Duration::from_secs(36) } else { Duration::from_millis(dice.below(4, 1_500)) },
        });
        Script {
            seed,
            kind,
            partitions: dice.below(5, 4) as i32 + 1,
            processes: dice.below(6, 3) as usize + 1,
            threads: dice.below(7, 2) as usize + 1,
            cache_bytes: dice.pick(8, &[0, 400, 1 << 20]).unwrap_or(0),
            commit_interval: Duration::from_millis(dice.pick(9, &[5, 30, 100]).unwrap_or(30)),
            latency: Duration::from_millis(dice.pick(10, &[0, 0, 1, 5]).unwrap_or(0)),
            held_one_in: dice.pick(11, &[0, 2, 5, 20]).unwrap_or(0),
            held_for: Duration::from_millis(dice.pick(12, &[20, 100, 400]).unwrap_or(20)),
            undelivered_from: dice.one_in(13, 4).then(|| dice.below(14, 30)),
            unknown_commits_one_in: dice.pick(15, &[0, 0, 3, 10]).unwrap_or(0),
            away,
            deletes_heads: kind == Kind::Closed && dice.one_in(16, 2),
            events,
        }
    }
}
