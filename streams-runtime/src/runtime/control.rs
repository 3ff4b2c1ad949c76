//! The control machine: the process's membership in the group, who of its workers runs what
//! (`shares.rs`), and the end of it all (`ending.rs`). It moves no records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::beats::Beats;
use super::drain::{self, Drains};
use super::ending::Phase;
use super::environment::Environment;
use super::error::Error;
use super::fingerprint;
use super::layout::Layout;
use super::lease::Keeper;
use super::message::{Command, Input, Report, Request};
use super::now::{Now, Wake, later};
use super::published::{AppState, View};
use super::revocation::Revocation;
use super::upkeep::{Change, Purge, Topics};
use crate::broker::{Answer, GroupMember, TopicPartition};
use crate::task::TaskId;

/// The longest time between two looks at the group, which wakes the machine when something happens.
const ROUND: Duration = Duration::from_millis(500);

/// How often it is reported that the group does not say what this process gets.
const REMINDER: Duration = Duration::from_secs(5);

/// What a part is told, by its number: the workers, then the reader of global tables.
pub(crate) type Outbox = Vec<(usize, Command)>;

pub(crate) struct Control {
    pub(super) env: Arc<Environment>,
    pub(super) member: Arc<dyn GroupMember>,
    pub(super) keeper: Keeper,
    /// Of the member.
    pub(super) client_id: String,
    pub(super) answers: std::task::Waker,
    pub(super) workers: usize,
    /// Workers and the reader of global tables, as far as they run.
    pub(super) parts: BTreeSet<usize>,
    pub(super) phase: Phase,
    /// The group has said what this process gets.
    pub(super) has_share: bool,
    /// When it is reported next that the group has not.
    pub(super) next_reminder: Duration,
    pub(super) view: View,
    pub(super) has_changed: bool,
    pub(super) revocations: Vec<Revocation>,
    pub(super) next_number: u64,
    pub(super) beats: Beats,
    pub(super) drains: Drains,
    pub(super) purge: Purge,
    pub(super) topics: Topics,
    /// Who else is in the group.
    pub(super) members: Option<Answer<Vec<String>>>,
    pub(super) global_read: BTreeMap<TopicPartition, i64>,
    /// Partitions that the group has assigned and that are not known yet.
    pub(super) unknown: Vec<TopicPartition>,
}

impl Control {
    pub(crate) fn new(
        env: Arc<Environment>,
        layout: Arc<Layout>,
        member: Arc<dyn GroupMember>,
        keeper: Keeper,
        answers: std::task::Waker,
        now: Now,
    ) -> Self {
        let workers = env.config.threads;
        let parts = workers + usize::from(!env.plan.global_tables.is_empty());
        Control {
            workers,
            parts: (0..parts).collect(),
            phase: Phase::TakingPart,
            has_share: false,
            next_reminder: now.mono + REMINDER,
            view: View { tasks: BTreeMap::new(), metrics: BTreeMap::new(), layout, failure: None },
            has_changed: true,
            revocations: Vec::new(),
            next_number: 0,
            beats: Beats::new(workers, env.config.max_poll_interval, now.mono),
            drains: Drains::new(),
            purge: Purge::new(later(now.mono, env.config.purge_interval)),
            topics: Topics::new(later(now.mono, env.config.topic_refresh)),
            members: None,
            global_read: BTreeMap::new(),
            unknown: Vec::new(),
            client_id: env.client_id(&fingerprint::member_part(&env.plan)),
            env,
            member,
            keeper,
            answers,
        }
    }

    /// What others are to see, if it has changed since it was taken last.
    pub(crate) fn take_view(&mut self) -> Option<View> {
        std::mem::take(&mut self.has_changed).then(|| self.view.clone())
    }

    /// Tells those who wait for the end of the input that it is there: to be called when the view
    /// is published.
    pub(crate) fn tell_drained(&mut self) {
        self.drains.tell();
    }

    /// Where the application is in its life. That it is over is for whoever owns the machine to
    /// say, when all is given back.
    pub(crate) fn state(&self) -> AppState {
        match self.phase {
            Phase::TakingPart if self.has_share && self.revocations.is_empty() && self.view.tasks.values().all(|place| place.running) => {
                AppState::Running
            }
            Phase::TakingPart => AppState::Rebalancing,
            _ => AppState::Stopping,
        }
    }

    /// Whether the application ends, or has ended, with an error.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.view.failure.as_ref()
    }

    /// Keeps the first error.
    pub(crate) fn fail(&mut self, error: Error) {
        tracing::error!(application = self.env.config.application_id, %error, "the application ends");
        self.view.failure.get_or_insert(error);
        self.has_changed = true;
    }

    /// One step.
    pub(crate) fn step(&mut self, now: Now, inputs: &mut dyn Iterator<Item = Input>, out: &mut Outbox) -> Wake {
        for input in inputs {
            self.take(input, now, out);
        }
        let question = self.keeper.step(now.mono, &self.client_id, &*self.member, &self.answers);
        if matches!(self.phase, Phase::TakingPart) {
            match self.take_part(now, out) {
                Ok(_) if self.view.failure.is_some() => self.stop(now, out),
                Ok(next) => return Wake::At(question.unwrap_or(next).min(next).max(now.mono)),
                Err(error) => {
                    self.fail(error);
                    self.stop(now, out);
                }
            }
        }
        self.end(now, out)
    }

    fn take(&mut self, input: Input, now: Now, out: &mut Outbox) {
        match input {
            Input::Request(Request::Stop) => self.stop(now, out),
            Input::Request(Request::Drain(done)) => self.drains.ask(done, now.mono),
            Input::Report(part, report) => self.hear(part, report),
        }
    }

    fn hear(&mut self, part: usize, report: Report) {
        match report {
            Report::Running(task) => self.note_running(part, task, true),
            Report::Reopened(task) => self.note_running(part, task, false),
            Report::GivenUp(number, settled) => {
                if let Some(revocation) = self.revocations.iter_mut().find(|revocation| revocation.number == number) {
                    revocation.settle(part, settled);
                }
            }
            Report::Idle(number) => self.drains.note(part, number),
            Report::Pong(number) => self.beats.answered(part, number),
            Report::Metrics(metrics) => {
                self.view.metrics.insert(part, metrics);
                self.has_changed = true;
            }
            Report::Processed(offsets) => self.purge.note(offsets),
            Report::GlobalRead(positions) => self.global_read.extend(positions),
            Report::Ended(result) => {
                self.parts.remove(&part);
                self.beats.ended(part);
                self.view.tasks.retain(|_, place| place.worker != part);
                self.has_changed = true;
                match result {
                    Ok(()) if matches!(self.phase, Phase::TakingPart) => self.fail(Error::Panicked("a worker ended by itself".into())),
                    Ok(()) => {}
                    Err(error) => self.fail(error),
                }
            }
        }
    }

    fn note_running(&mut self, worker: usize, task: TaskId, running: bool) {
        let is_leaving = self.revocations.iter().any(|revocation| revocation.has(task));
        if let Some(place) = self.view.tasks.get_mut(&task).filter(|place| place.worker == worker && !is_leaving) {
            place.running = running;
            self.has_changed = true;
        }
    }

    /// Everything but the end; when the next step is due.
    fn take_part(&mut self, now: Now, out: &mut Outbox) -> Result<Duration, Error> {
        loop {
            match self.member.poll(Duration::ZERO) {
                Ok(None) => break,
                Ok(Some(event)) => self.on_event(event, now, out),
                Err(error) if error.is_retriable() => {
                    tracing::warn!(%error, "group");
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if !self.has_share && now.mono >= self.next_reminder {
            self.next_reminder = now.mono + REMINDER;
            let session_ms = u64::try_from(self.env.config.session_timeout.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(
                session_ms,
                "the group has not said yet what this process gets; if a process of the application has ended without leaving the group, \
                 the group waits for it until its session times out"
            );
        }
        self.settle_revocations()?;
        self.compare_topologies()?;
        self.watch_workers(now, out)?;
        let purge = self.purge.step(now.mono, &self.env, &self.answers);
        let (Change { layout, made_again }, look) = self.topics.step(now.mono, &self.env, &self.view.layout, &self.answers)?;
        if let Some(layout) = layout {
            self.change_layout(layout, out)?;
        }
        if !made_again.is_empty() {
            let made_again = Arc::new(made_again);
            self.tell_workers(|| Command::MadeAgain(Arc::clone(&made_again)), out);
        }
        let drain = self.step_drain(now, out)?;
        let next = drain.into_iter().chain([now.mono + ROUND, self.beats.due(), purge, look]).min();
        Ok(next.unwrap_or(now.mono))
    }

    fn tell_workers(&self, command: impl Fn() -> Command, out: &mut Outbox) {
        out.extend((0..self.workers).map(|worker| (worker, command())));
    }

    /// The group thinks the process is well as long as its member polls.
    pub(super) fn watch_workers(&mut self, now: Now, out: &mut Outbox) -> Result<(), Error> {
        if let Some((number, asked)) = self.beats.ask(now.mono) {
            out.extend(asked.into_iter().map(|worker| (worker, Command::Ping(number))));
        }
        match self.beats.stuck(now.mono) {
            Some(worker) => Err(Error::Stuck { worker, after: self.env.config.max_poll_interval }),
            None => Ok(()),
        }
    }

    fn step_drain(&mut self, now: Now, out: &mut Outbox) -> Result<Option<Duration>, Error> {
        let can_look = self.state() == AppState::Running;
        let (env, member, layout, read) = (&self.env, &*self.member, &self.view.layout, &self.global_read);
        let look = || drain::is_drained(env, member, layout, read);
        match self.drains.step(now.mono, self.workers, can_look, &self.answers, look)? {
            drain::Next::Wait(until) => Ok(until),
            drain::Next::Ask(number) => {
                self.tell_workers(|| Command::Drain(number), out);
                Ok(None)
            }
        }
    }

    /// Members of one group run one topology.
    fn compare_topologies(&mut self) -> Result<(), Error> {
        let Some(found) = self.members.as_mut().and_then(|members| members.try_take(&self.answers)) else { return Ok(()) };
        self.members = None;
        let members = match found {
            Ok(members) => members,
            Err(error) => {
                tracing::warn!(%error, "whether all members of the group run the same topology is not known");
                return Ok(());
            }
        };
        match fingerprint::other_among(members, &self.env.plan) {
            Some(member) => Err(Error::OtherTopology { group: self.env.config.application_id.clone(), member }),
            None => Ok(()),
        }
    }

    /// Topics were added, or have grown.
    fn change_layout(&mut self, layout: Layout, out: &mut Outbox) -> Result<(), Error> {
        tracing::info!("topics have been added, or have more partitions than before");
        let leads_have_grown = layout.subs.iter().zip(&self.view.layout.subs).any(|(next, now)| next.tasks > now.tasks);
        let layout = Arc::new(layout);
        self.view.layout = Arc::clone(&layout);
        self.has_changed = true;
        self.tell_workers(|| Command::Layout(Arc::clone(&layout)), out);
        let (known, unknown) = std::mem::take(&mut self.unknown).into_iter().partition(|partition| layout.knows(partition));
        self.unknown = unknown;
        let known: Vec<TopicPartition> = known;
        self.assign(known.iter().flat_map(|partition| layout.tasks_of(partition)).collect(), out);
        if leads_have_grown {
            // The client itself would look at its topics only minutes later.
            self.member.subscribe(&layout.lead_topics())?;
        }
        Ok(())
    }
}
