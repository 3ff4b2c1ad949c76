//! Who of the workers runs what: tasks come with the partitions that the group assigns, and go with
//! those that it asks back or takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::control::{Control, Outbox};
use super::error::Error;
use super::message::{Command, Parting};
use super::now::Now;
use super::published::TaskPlace;
use super::revocation::Revocation;
use crate::broker::{GroupEvent, TopicPartition};
use crate::task::TaskId;

impl Control {
    pub(super) fn on_event(&mut self, event: GroupEvent, now: Now, out: &mut Outbox) {
        tracing::debug!(?event, "group");
        self.has_changed = true;
        match event {
            GroupEvent::Assigned(partitions) => {
                if !self.has_share && !self.env.config.accept_other_topologies {
                    self.members = Some(self.member.members());
                }
                self.has_share = true;
                let layout = Arc::clone(&self.view.layout);
                if partitions.iter().any(|partition| !layout.knows(partition)) {
                    // Added since the last look. Their tasks follow when they are known.
                    self.topics.look_now(now.mono);
                }
                self.assign(partitions.iter().flat_map(|partition| layout.tasks_of(partition)).collect(), out);
                self.unknown.extend(partitions.into_iter().filter(|partition| !layout.knows(partition)));
            }
            GroupEvent::Revoked(partitions) => self.give_up(partitions, Parting::Revoked, out),
            GroupEvent::Lost(partitions) => self.give_up(partitions, Parting::Lost, out),
        }
    }

    pub(super) fn assign(&mut self, tasks: Vec<TaskId>, out: &mut Outbox) {
        let mut shares: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
        for task in tasks {
            let worker = self.least_loaded();
            // Known from now on: it is not ready before its worker has restored it.
            self.view.tasks.insert(task, TaskPlace { worker, running: false });
            shares.entry(worker).or_default().push(task);
        }
        out.extend(shares.into_iter().map(|(worker, tasks)| (worker, Command::Assign(tasks))));
    }

    fn least_loaded(&self) -> usize {
        let load = |worker: &usize| self.view.tasks.values().filter(|place| place.worker == *worker).count();
        (0..self.workers).min_by_key(load).unwrap_or(0)
    }

    /// Has workers give tasks up. They stay known until the group has heard of it: a loss may come
    /// while they are still asked back.
    pub(super) fn give_up(&mut self, partitions: Vec<TopicPartition>, parting: Parting, out: &mut Outbox) {
        self.unknown.retain(|partition| !partitions.contains(partition));
        let number = self.next_number;
        self.next_number += 1;
        let mut shares: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
        let layout = Arc::clone(&self.view.layout);
        let mut tasks = Vec::new();
        for task in partitions.iter().flat_map(|p| layout.tasks_of(p)) {
            if let Some(place) = self.view.tasks.get_mut(&task) {
                place.running = false;
                shares.entry(place.worker).or_default().push(task);
                tasks.push(task);
            }
        }
        self.revocations.push(Revocation::new(number, partitions, tasks, shares.keys().copied().collect()));
        out.extend(shares.into_iter().map(|(worker, tasks)| (worker, Command::GiveUp(number, tasks, parting))));
    }

    /// The group gets partitions back only when their tasks have committed and closed.
    pub(super) fn settle_revocations(&mut self) -> Result<(), Error> {
        for revocation in std::mem::take(&mut self.revocations) {
            match revocation.finish() {
                Ok(given_back) => {
                    let is_leaving = |task: &TaskId| self.revocations.iter().any(|revocation| revocation.has(*task));
                    let gone: Vec<TaskId> = given_back.tasks.iter().filter(|task| !is_leaving(task)).copied().collect();
                    self.view.tasks.retain(|task, _| !gone.contains(task));
                    self.has_changed = true;
                    given_back.acknowledge(&*self.member)?;
                }
                Err(open) => self.revocations.push(open),
            }
        }
        Ok(())
    }
}
