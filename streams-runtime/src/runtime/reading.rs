//! The inputs of running tasks: from the broker into their queues, and where reading goes on when
//! what was to be read is not there.
//!
//! ```text
//!              the offset, or the topic, is gone      where it goes on is known
//!   Reading ───────────────────────────────▶ Lost ─────────────────────────────▶ Reading
//! ```

use std::collections::BTreeSet;
use std::time::Duration;

use super::error::Error;
use super::now::Now;
use super::opening::offset_at;
use super::outcome::TaskOutcome;
use super::silence::MISSING_PATIENCE;
use super::worker::{Assigned, Worker};
use crate::broker::{Answer, BrokerError, Consumer, OffsetAt, PartitionSlot, TopicPartition};
use crate::plan::OffsetReset;
use crate::task::TaskId;

/// Records fetched for a queue at a time.
const FETCH_RECORDS: usize = 2_000;

/// How an input of a task is read.
pub(super) struct Reading {
    /// `None` before the task runs, and while it is not known where to go on.
    slot: Option<PartitionSlot>,
    /// Where reading begins.
    offset: i64,
    /// Where it begins if that offset is not there.
    reset: OffsetReset,
    /// The topic is gone.
    is_gone: bool,
    /// The topic was made again, and is read from its beginning since then.
    made_again: Option<Duration>,
}

impl Reading {
    pub(super) fn new(offset: i64, reset: OffsetReset) -> Self {
        Reading { slot: None, offset, reset, is_gone: false, made_again: None }
    }
}

/// A question where to go on.
pub(super) struct Search {
    places: Vec<(TaskId, TopicPartition)>,
    answer: Answer<Vec<i64>>,
}

impl Assigned {
    /// Begins to read an input, or goes on at another offset.
    pub(super) fn read(&mut self, index: usize, consumer: &mut dyn Consumer) -> Result<(), BrokerError> {
        let (Some(reading), Some(input)) = (self.reading.get_mut(index), self.task.inputs().get(index)) else { return Ok(()) };
        if reading.slot.is_none() {
            reading.slot = Some(consumer.assign(input.partition(), reading.offset)?);
        }
        Ok(())
    }

    /// Stops to read.
    pub(super) fn stop_reading(&mut self, consumer: &mut dyn Consumer) -> Result<(), BrokerError> {
        self.reading.iter_mut().filter_map(|reading| reading.slot.take()).try_for_each(|slot| consumer.unassign(slot))
    }
}

impl Worker {
    /// Fills empty queues with what the client has received; whether there was anything.
    pub(super) fn fetch(&mut self) -> Result<bool, TaskOutcome> {
        let mut any = false;
        for assigned in self.tasks.values_mut() {
            for (input, reading) in assigned.task.inputs_mut().iter_mut().zip(&mut assigned.reading) {
                let Some(slot) = reading.slot else { continue };
                let consumed = input.consumed();
                let Some(batch) = input.incoming() else { continue };
                match self.consumer.fetch(slot, FETCH_RECORDS, batch) {
                    Ok(fetched) => {
                        any |= fetched > 0;
                        input.fetched(self.consumer.position(slot), self.consumer.known_end(slot));
                        if input.consumed() != consumed {
                            self.commits.is_clean = false;
                        }
                    }
                    Err(BrokerError::OffsetOutOfRange { .. }) => {
                        reading.slot = None;
                        self.consumer.unassign(slot)?;
                        tracing::warn!(partition = %input.partition(), "records were deleted before they were read; looking where reading goes on");
                    }
                    Err(error) if error.is_about_what_is_missing() => {
                        reading.slot = None;
                        reading.is_gone = true;
                        self.consumer.unassign(slot)?;
                        tracing::warn!(partition = %input.partition(), "the topic is gone; waiting whether it is made again");
                    }
                    Err(error) if error.is_retriable() => tracing::debug!(%error, partition = %input.partition(), "fetch"),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(any)
    }

    /// Topics were deleted and made again, of which the client may know nothing: what they have is
    /// all new.
    pub(super) fn begin_again(&mut self, topics: &BTreeSet<String>, now: Now) -> Result<(), TaskOutcome> {
        for assigned in self.tasks.values_mut() {
            for (input, reading) in assigned.task.inputs().iter().zip(&mut assigned.reading) {
                let is_known = reading.made_again.is_some_and(|since| now.mono.saturating_sub(since) < MISSING_PATIENCE);
                if !is_known
                    && topics.contains(&*input.partition().topic)
                    && let Some(slot) = reading.slot.take()
                {
                    self.consumer.unassign(slot)?;
                    reading.is_gone = true;
                }
            }
        }
        Ok(())
    }

    /// Looks where inputs go on that cannot be read where they were.
    pub(super) fn search(&mut self, now: Now) -> Result<bool, TaskOutcome> {
        if let Some(search) = &mut self.searching {
            let Some(found) = search.answer.try_take(&self.answers) else { return Ok(false) };
            let Some(Search { places, .. }) = self.searching.take() else { return Ok(false) };
            return self.go_on(now, places, found);
        }
        if !self.silence.is_over(now.mono) {
            return Ok(false);
        }
        // One kind at a time: the answer is one list.
        for reset in [OffsetReset::Earliest, OffsetReset::Latest] {
            let mut places = Vec::new();
            for (id, assigned) in self.tasks.iter().filter(|(_, assigned)| assigned.is_running()) {
                let inputs = assigned.task.inputs().iter().zip(&assigned.reading);
                // All of a topic that is made again is new.
                let at = |reading: &Reading| if reading.is_gone { OffsetReset::Earliest } else { reading.reset };
                let lost = inputs.filter(|(_, reading)| reading.slot.is_none() && at(reading) == reset);
                places.extend(lost.map(|(input, _)| (*id, input.partition().clone())));
            }
            if !places.is_empty() {
                let asked: Vec<TopicPartition> = places.iter().map(|(_, partition)| partition.clone()).collect();
                let at: OffsetAt = offset_at(reset);
                let answer = self.env.broker.offsets(&asked, at, self.env.config.isolation);
                self.searching = Some(Search { places, answer });
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn go_on(
        &mut self,
        now: Now,
        places: Vec<(TaskId, TopicPartition)>,
        found: Result<Vec<i64>, BrokerError>,
    ) -> Result<bool, TaskOutcome> {
        let offsets = match found {
            Ok(offsets) => offsets,
            Err(error) => {
                let is_gone = error.is_about_what_is_missing();
                let goes_on = self.silence.goes_on(now.mono, "where reading goes on", error);
                return goes_on.map(|()| false).map_err(|error| if is_gone { Error::SourceGone(error).into() } else { error.into() });
            }
        };
        self.silence.ends(now.mono);
        for ((id, partition), offset) in places.into_iter().zip(offsets) {
            let Some(assigned) = self.tasks.get_mut(&id).filter(|assigned| assigned.is_running()) else { continue };
            let Some(index) = assigned.task.inputs().iter().position(|input| *input.partition() == partition) else { continue };
            // A task that was closed and opened again meanwhile may read by now.
            let Some(reading) = assigned.reading.get_mut(index).filter(|reading| reading.slot.is_none()) else { continue };
            reading.offset = offset;
            if std::mem::take(&mut reading.is_gone) {
                reading.made_again = Some(now.mono);
            }
            if let Some(input) = assigned.task.inputs_mut().get_mut(index) {
                input.goes_on_at(offset);
            }
            tracing::warn!(task = %id, %partition, offset, "reading goes on there");
            assigned.read(index, &mut *self.consumer)?;
        }
        Ok(true)
    }
}
