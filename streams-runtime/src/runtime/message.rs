//! What the parts of an application tell each other. Nothing else is shared between their threads.
//!
//! ```text
//!            Request             Command
//!   App ───────────────▶ Control ───────▶ Worker
//!                           ▲               │
//!                           └───────────────┘
//!                                Report
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{SendError, Sender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::commit::Settled;
use super::error::Error;
use super::layout::Layout;
use super::now::{Now, Wake};
use crate::broker::{TopicPartition, Waker};
use crate::context::TaskMetrics;
use crate::task::{Task, TaskId};

/// A question about a task, asked on its own thread; `None`: the task is not there.
pub(crate) type Question = Box<dyn FnOnce(Option<&mut Task>) + Send>;

/// What a worker is told.
pub(crate) enum Command {
    /// Take these tasks.
    Assign(Vec<TaskId>),
    /// Give these tasks up, and report that with this number.
    GiveUp(u64, Vec<TaskId>, Parting),
    /// Topics have changed.
    Layout(Arc<Layout>),
    /// These topics were deleted and made again.
    MadeAgain(Arc<BTreeSet<String>>),
    /// Leave records and schedules alone, or no longer.
    Pause(bool),
    /// Report, with this number, when nothing is left to do.
    Drain(u64),
    /// Answer a query.
    Ask(TaskId, Question),
    /// Report that the thread is alive.
    Ping(u64),
    /// Commit, close all tasks, end.
    Stop,
}

/// Why tasks leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// The group asks them back: what they have done is committed before.
    Revoked,
    /// They belong to others already: nothing of them may be committed.
    Lost,
}

/// A machine that is told commands and reports: a worker, or the reader of global tables.
pub(super) trait Part {
    /// One step. After [`Wake::Ended`], whose last report says how it ended, there is no other.
    fn step(&mut self, now: Now, commands: &mut dyn Iterator<Item = Command>, out: &mut Vec<Report>) -> Wake;

    /// Waits for records, or until the part is woken: for the thread that owns it, between steps.
    fn wait(&mut self, timeout: Duration);
}

/// What a part tells the control machine.
#[derive(Debug)]
pub(crate) enum Report {
    /// The task has its state and processes records.
    Running(TaskId),
    /// The task begins anew: it is being opened again.
    Reopened(TaskId),
    /// The tasks of this number are given up.
    GivenUp(u64, Settled),
    /// What was there when the request of this number came is done and committed.
    Idle(u64),
    /// The answer to a ping.
    Pong(u64),
    /// What the worker has counted so far.
    Metrics(TaskMetrics),
    /// Records of repartition topics before these offsets are of no use any more.
    Processed(Vec<(TopicPartition, i64)>),
    /// Up to where partitions are in the global tables.
    GlobalRead(Vec<(TopicPartition, i64)>),
    /// The part has ended.
    Ended(Result<(), Error>),
}

/// What the handle of the application asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Stop.
    Stop,
    /// Say when everything that the topics hold is processed.
    Drain(oneshot::Sender<()>),
}

/// What reaches the control machine.
#[derive(Debug)]
pub(crate) enum Input {
    Report(usize, Report),
    Request(Request),
}

/// The way to a part: what it is told, and a waker, so that it looks.
pub(crate) struct Mailbox<T> {
    pub(crate) sender: Sender<T>,
    pub(crate) waker: Waker,
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Mailbox { sender: self.sender.clone(), waker: self.waker.clone() }
    }
}

impl<T> Mailbox<T> {
    /// Tells the part something.
    ///
    /// # Errors
    /// The part has ended.
    pub(crate) fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.sender.send(message)?;
        self.waker.wake();
        Ok(())
    }
}
