//! Whole applications on one thread, in a time of their own, while a seed decides what goes wrong.
//!
//! ```
//! use std::collections::BTreeMap;
//! use streams_runtime::prelude::*;
//! use streams_test::simulate::{record, simulate};
//!
//! topology! {
//!     fn largest() -> Largest {
//!         let scores: Stream<String, i64> = stream("scores");
//!         let best: Table<String, i64> = scores.group_by_key().reduce(|best, score| *best.max(score));
//!         best.to_stream().to("best");
//!     }
//! }
//!
//! # fn main() -> Result<(), streams_test::simulate::Failure> {
//! simulate(largest)
//!     .processes(2)
//!     .input("scores", |random, n| {
//!         let player = format!("player {}", random.below(5));
//!         record(player.as_str(), &(random.below(1000) as i64), n as i64)
//!     })
//!     .seeds(0..20)
//!     .check(|outcome| {
//!         let mut expected: BTreeMap<String, i64> = BTreeMap::new();
//!         for record in outcome.records::<String, i64>("scores") {
//!             let best = expected.entry(record.key).or_insert(i64::MIN);
//!             *best = record.value.max(*best);
//!         }
//!         let found = outcome.table::<String, i64>("best");
//!         if found == expected { Ok(()) } else { Err(format!("{found:?} and not {expected:?}")) }
//!     })?;
//! # Ok(())
//! # }
//! ```
//!
//! What runs is what runs in production: the control of an application, its workers, tasks and
//! stores, and the groups and partitions of the embedded log. What is simulated is time, the
//! network, the disks, and which part has its turn when. A seed decides all of it, so that a run
//! can be done again exactly.
//!
//! # What goes wrong
//!
//! Processes die between two steps or within one, stop, start, stand still, are slow, and lose
//! their disks or what they wrote last. Messages come late, or not at all, in either direction.
//! Brokers, leaders of partitions and the coordinator of the group are away, for longer than a
//! timeout at times; processes are cut off. Wall clocks jump. Sessions end, members are static, and
//! tasks move whenever all that has it so.
//!
//! With [`on_disk`](Simulation::on_disk) the log is the durable one. The machine goes down with all
//! processes, between two operations of its disk or within one, and what was not synced is there,
//! in part, or not at all. The process that has the log ends alone. Writes and syncs fail, the disk
//! is full, and syncs lie.
//!
//! # What has to hold
//!
//! - No offset is committed before everything that its record caused is acknowledged.
//! - Nothing is read, written or handed over by a process whose tasks belong to others, as far as
//!   it can know.
//! - Reading begins where the group has committed: so what is done twice was not committed before.
//! - Tasks are given back when nothing of them can arrive any more.
//! - No process ends without a reason, and none works without getting on.
//! - Soon after the last fault everything is processed and committed, and each task runs once.
//! - Whatever the log has acknowledged is there when it is opened again: records, committed
//!   offsets, topics; and nothing else is. Only a loss of power after a sync that lied may take it; nothing
//!   is compared in such a run from then on. Where the fsync policy acknowledges what the operating
//!   system has, only processes end.
//! - What `check` says, also after all processes have started anew with nothing but what is in the
//!   topics.
//!
//! Whatever is done at least once may be done twice, so a check asks for results that stay the same
//! then: the last value of a key, the largest, a set.

mod broker;
mod builder;
mod consumer;
mod layout;
mod link;
mod medium;
mod member;
mod net;
mod outcome;
mod plan;
mod producer;
mod random;
mod search;
mod stores;
mod trace;
mod watch;
mod world;

pub use builder::{Simulation, record};
pub use outcome::Outcome;
pub use plan::{Cuts, Plan};
pub use random::Random;
pub use search::{Failure, Report};
pub use watch::{Appended, Fed, Round, Stored, Watch};

use streams_runtime::Topology;

/// A simulation of the application of a topology, which is made anew for each of its processes.
pub fn simulate<T: Topology>(make: impl Fn() -> T + Send + Sync + 'static) -> Simulation<T> {
    Simulation::new(make)
}
