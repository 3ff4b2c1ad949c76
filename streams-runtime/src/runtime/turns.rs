//! Whose turn it is among the tasks of a worker.
//!
//! Tasks of a part whose results are read again, through a repartition topic, take turns by the
//! time of their records, so that the topic is as ordered as the inputs are: else a task that
//! catches up alone would make the records of the next task late for their windows. Other tasks
//! have turns of many records.
//!
//! Semantics: within a task Kafka Streams chooses so as well (KIP-695); between tasks it does not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::now::Now;
use super::outcome::TaskOutcome;
use super::worker::Worker;
use crate::broker::ProduceBatch;
use crate::task::TaskId;

/// Records of one task before the next has its turn.
const TURN_RECORDS: usize = 8_000;

/// What the stores of a process may hold back until the commit; more makes the commit come early.
const UNCOMMITTED_MAX_BYTES: usize = 256 * 1024 * 1024;

/// How long tasks wait for one that cannot say yet what is next: it is being opened, or its
/// partition has more than was fetched.
const HOLD_LIMIT: Duration = Duration::from_millis(500);

/// Since when tasks of a part wait for others of it.
#[derive(Default)]
pub(super) struct Hold(BTreeMap<usize, Duration>);

impl Hold {
    /// Whether the tasks of a part wait.
    fn holds(&mut self, sub_topology: usize, mono: Duration, others_are_late: bool) -> bool {
        if !others_are_late {
            self.0.remove(&sub_topology);
            return false;
        }
        let since = *self.0.entry(sub_topology).or_insert(mono);
        mono.saturating_sub(since) < HOLD_LIMIT
    }

    /// When the first of them waits no longer.
    pub(super) fn until(&self) -> Option<Duration> {
        self.0.values().min().map(|since| *since + HOLD_LIMIT)
    }
}

impl Worker {
    /// Processes records, and runs the schedules that are due; whether there was anything.
    pub(super) fn process(&mut self, now: Now) -> Result<bool, TaskOutcome> {
        let mut any = false;
        let mut running: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
        for (id, _) in self.tasks.iter().filter(|(_, assigned)| assigned.is_running()) {
            running.entry(id.sub_topology).or_default().push(*id);
        }
        for (sub_topology, tasks) in running {
            let sinks = &self.env.plan.sub_topologies[sub_topology].sinks;
            let is_read_again = sinks.iter().any(|sink| sink.internal(&self.env.config.application_id).is_some());
            any |= if is_read_again { self.by_time(sub_topology, &tasks, now)? } else { self.one_by_one(&tasks, now)? };
        }
        for (id, assigned) in self.tasks.iter_mut().filter(|(_, assigned)| assigned.is_running()) {
            if assigned.task.next_wall_clock_ms().is_some_and(|due_ms| due_ms <= now.wall_ms) {
                assigned.task.punctuate_wall_clock(now.wall_ms).map_err(|error| TaskOutcome::of(*id, error))?;
                any = true;
            }
        }
        self.commits.is_clean &= !any;
        if any {
            let uncommitted: usize = self.tasks.values_mut().map(|assigned| assigned.task.uncommitted_bytes()).sum();
            self.commits.requested |= uncommitted > UNCOMMITTED_MAX_BYTES / self.env.config.threads;
        }
        Ok(any)
    }

    fn one_by_one(&mut self, tasks: &[TaskId], now: Now) -> Result<bool, TaskOutcome> {
        let mut any = false;
        for id in tasks {
            any |= self.turn(*id, TURN_RECORDS, i64::MAX, now)? > 0;
        }
        Ok(any)
    }

    /// The task whose next record has the lowest time, up to the time of the next task's.
    fn by_time(&mut self, sub_topology: usize, tasks: &[TaskId], now: Now) -> Result<bool, TaskOutcome> {
        let left = TURN_RECORDS * tasks.len();
        let mut heads: Vec<(i64, TaskId)> = Vec::with_capacity(tasks.len());
        let mut others_are_late = self.awaits(sub_topology);
        for id in tasks {
            match self.head_ms(*id) {
                Ok(head_ms) => heads.extend(head_ms.map(|head_ms| (head_ms, *id))),
                Err(Late) => others_are_late = true,
            }
        }
        if self.hold.holds(sub_topology, now.mono, others_are_late) {
            return Ok(false);
        }
        let mut out = std::mem::take(&mut self.turn_results);
        let any = self.merge(heads, left, &mut out, now)?;
        if !out.is_empty() {
            let sent = self.producer.borrow_mut().send(&out);
            out.clear();
            sent?;
        }
        self.turn_results = out;
        Ok(any)
    }

    /// Turns of the tasks with these heads; their results are in `out`, in the order of the turns.
    fn merge(&mut self, mut heads: Vec<(i64, TaskId)>, mut left: usize, out: &mut ProduceBatch, now: Now) -> Result<bool, TaskOutcome> {
        let mut any = false;
        while left > 0 && !self.commits.requested {
            let Some((place, &(_, id))) = heads.iter().enumerate().min_by_key(|(_, head)| **head) else { break };
            let others = heads.iter().filter(|(_, other)| *other != id);
            let until_ms = others.map(|(head_ms, _)| *head_ms).min().unwrap_or(i64::MAX);
            let Some(assigned) = self.tasks.get_mut(&id) else { break };
            let turn = assigned.task.process_into(out, left.min(TURN_RECORDS), until_ms, now.wall_ms);
            let progress = turn.map_err(|error| TaskOutcome::of(id, error))?;
            self.commits.requested |= progress.commit_requested;
            any |= progress.records > 0;
            left = left.saturating_sub(progress.records.max(1));
            match self.head_ms(id) {
                Ok(Some(head_ms)) => heads[place].0 = head_ms,
                Ok(None) => {
                    heads.swap_remove(place);
                }
                // Only what is fetched next can say whose turn it is.
                Err(Late) => break,
            }
        }
        Ok(any)
    }

    fn turn(&mut self, id: TaskId, max_records: usize, until_ms: i64, now: Now) -> Result<usize, TaskOutcome> {
        let Some(assigned) = self.tasks.get_mut(&id) else { return Ok(0) };
        let progress = assigned.task.process(max_records, until_ms, now.wall_ms).map_err(|error| TaskOutcome::of(id, error))?;
        self.commits.requested |= progress.commit_requested;
        Ok(progress.records)
    }

    /// The time of the next record of a task; `None` if it has read everything.
    fn head_ms(&mut self, id: TaskId) -> Result<Option<i64>, Late> {
        let Some(assigned) = self.tasks.get_mut(&id) else { return Ok(None) };
        match assigned.task.head_ms() {
            Some(head_ms) => Ok(Some(head_ms)),
            None if assigned.task.inputs().iter().all(|input| input.is_caught_up()) => Ok(None),
            None => Err(Late),
        }
    }
}

/// A task has more to read than is there.
struct Late;
