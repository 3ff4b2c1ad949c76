//! Waiting for the end of the input.
//!
//! ```text
//!          asked            every worker has           what is committed
//!                           nothing left to do         reaches the ends
//!   Resting ────▶ Settling ───────────────────▶ Looking ─────────────────▶ Resting: met
//!                    ▲                             │ it does not
//!                    └────────── a pause ──────────┘
//! ```
//!
//! The committed offsets are asked for before the ends: what is written in between is not missed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::environment::Environment;
use super::error::Error;
use super::layout::Layout;
use crate::broker::{Answer, Broker, GroupMember, Isolation, OffsetAt, TopicPartition};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// The longest pause: topics that others write to may never come to an end.
const LONG_PAUSE: Duration = Duration::from_millis(50);

enum Stage {
    Resting,
    /// The workers that have not answered the request of this number yet.
    Settling(BTreeSet<usize>),
    Looking(Answer<bool>),
    Pausing(Duration),
}

/// Who waits for the end of the input, and how far that is.
pub(super) struct Drains {
    waiting: Vec<oneshot::Sender<()>>,
    /// Those whose wait is over, and who have not been told.
    met: Vec<oneshot::Sender<()>>,
    stage: Stage,
    number: u64,
    pause: Duration,
}

/// What is to be done about it.
pub(super) enum Next {
    /// Nothing for now; look again at this time.
    Wait(Option<Duration>),
    /// The workers are to answer this number when they have nothing left to do.
    Ask(u64),
}

impl Drains {
    pub(super) fn new() -> Self {
        Drains { waiting: Vec::new(), met: Vec::new(), stage: Stage::Resting, number: 0, pause: PAUSE }
    }

    /// Somebody waits. What is there by now has to be done: a look that has begun does not count.
    pub(super) fn ask(&mut self, done: oneshot::Sender<()>, mono: Duration) {
        self.waiting.push(done);
        self.stage = Stage::Pausing(mono);
        self.pause = PAUSE;
    }

    /// Tells those whose wait is over, when all that they may look at has been published.
    pub(super) fn tell(&mut self) {
        for done in self.met.drain(..) {
            if done.send(()).is_err() {
                tracing::debug!("nobody waits for the end of the input any more");
            }
        }
    }

    /// A worker has nothing left to do.
    pub(super) fn note(&mut self, worker: usize, number: u64) {
        if let Stage::Settling(open) = &mut self.stage
            && number == self.number
        {
            open.remove(&worker);
        }
    }

    /// Goes as far as it can; `can_look`: no task is on its way.
    pub(super) fn step(
        &mut self,
        mono: Duration,
        workers: usize,
        can_look: bool,
        waker: &std::task::Waker,
        look: impl FnOnce() -> Answer<bool>,
    ) -> Result<Next, Error> {
        self.waiting.retain(|done| !done.is_closed());
        if self.waiting.is_empty() {
            self.stage = Stage::Resting;
        }
        match &mut self.stage {
            Stage::Resting => Ok(Next::Wait(None)),
            Stage::Pausing(until) if mono < *until => Ok(Next::Wait(Some(*until))),
            Stage::Pausing(_) => {
                self.number += 1;
                self.stage = Stage::Settling((0..workers).collect());
                Ok(Next::Ask(self.number))
            }
            Stage::Settling(open) if open.is_empty() && can_look => {
                self.stage = Stage::Looking(look());
                self.take_answer(mono, waker)
            }
            Stage::Settling(_) => Ok(Next::Wait(None)),
            Stage::Looking(_) => self.take_answer(mono, waker),
        }
    }

    fn take_answer(&mut self, mono: Duration, waker: &std::task::Waker) -> Result<Next, Error> {
        let Stage::Looking(answer) = &mut self.stage else { return Ok(Next::Wait(None)) };
        match answer.try_take(waker) {
            None => Ok(Next::Wait(None)),
            Some(Ok(true)) => {
                self.stage = Stage::Resting;
                self.met.append(&mut self.waiting);
                Ok(Next::Wait(None))
            }
            Some(Err(error)) if !error.is_retriable() && !error.is_about_what_is_missing() => Err(error.into()),
            Some(Ok(false) | Err(_)) => {
                let until = mono + self.pause;
                self.pause = (self.pause * 2).min(LONG_PAUSE);
                self.stage = Stage::Pausing(until);
                Ok(Next::Wait(Some(until)))
            }
        }
    }
}

/// Whether all that the topics hold is processed and committed, and in the global tables.
pub(super) fn is_drained(
    env: &Environment,
    member: &dyn GroupMember,
    layout: &Layout,
    global_read: &BTreeMap<TopicPartition, i64>,
) -> Answer<bool> {
    let inputs = layout.all_inputs();
    let (global, positions): (Vec<TopicPartition>, Vec<i64>) = global_read.iter().map(|(partition, at)| (partition.clone(), *at)).unzip();
    let isolation = env.config.isolation;
    let committed = member.committed(&inputs);
    let broker: Arc<dyn Broker> = Arc::clone(&env.broker);
    Answer::later(async move {
        let committed = committed.await?;
        let starts = broker.offsets(&inputs, OffsetAt::Earliest, isolation).await?;
        let ends = broker.offsets(&inputs, OffsetAt::Latest, isolation).await?;
        let global_ends = broker.offsets(&global, OffsetAt::Latest, Isolation::ReadCommitted).await?;
        if positions.iter().zip(global_ends).any(|(position, end)| *position < end) {
            return Ok(false);
        }
        Ok(committed.iter().zip(starts).zip(ends).all(|((committed, start), end)| match committed {
            Some(committed) => committed.offset >= end,
            None => start >= end,
        }))
    })
}
