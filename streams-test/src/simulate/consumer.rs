//! A consumer: its client fetches ahead by itself, and what it asks for takes its time.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use streams_runtime::broker::{BrokerError, Consumer, ConsumerConfig, PartitionSlot, TopicPartition, Waker};
use streams_runtime::record::RecordBatch;

use super::link::Link;
use super::net::{Net, Target, lock};
use super::plan::{MS, Micros};
use super::producer::worker_of;

/// Records that the client keeps of a partition before it stops to fetch.
const AHEAD: usize = 100;

struct Reading {
    partition: TopicPartition,
    /// Tells it from a later one of the same slot.
    number: u64,
    /// What was fetched and not taken: pieces, and how many records of the first are taken.
    buffer: RecordBatch,
    taken: usize,
    position: i64,
    /// Up to where was fetched.
    fetched: i64,
    /// The end as the last answer said, and as the last look saw it.
    end: Option<i64>,
    known_end: Option<i64>,
    error: Option<BrokerError>,
    is_asking: bool,
}

#[derive(Default)]
struct State {
    slots: Vec<Option<Reading>>,
    next_number: u64,
}

impl State {
    fn reading(&mut self, slot: usize, number: u64) -> Option<&mut Reading> {
        self.slots.get_mut(slot)?.as_mut().filter(|reading| reading.number == number)
    }
}

struct Shared {
    link: Arc<Link>,
    worker: usize,
    state: Mutex<State>,
}

/// The consumer of a worker.
pub(super) struct SimConsumer(Arc<Shared>);

impl SimConsumer {
    pub(super) fn new(link: &Arc<Link>, config: &ConsumerConfig) -> Self {
        let worker = worker_of(&config.client_id);
        SimConsumer(Arc::new(Shared { link: Arc::clone(link), worker, state: Mutex::default() }))
    }
}

impl Shared {
    /// Asks for more of a partition, if there is room and nothing is asked yet.
    fn ask(self: &Arc<Self>, slot: usize, number: u64) {
        let (partition, from) = {
            let mut state = lock(&self.state);
            let Some(reading) = state.reading(slot, number) else { return };
            if reading.is_asking || reading.buffer.len() - reading.taken >= AHEAD || reading.error.is_some() {
                return;
            }
            reading.is_asking = true;
            (reading.partition.clone(), reading.fetched)
        };
        let arrives = self.link.net.now() + self.link.delay("fetch");
        let shared = Arc::downgrade(self);
        let link = Arc::clone(&self.link);
        self.link.net.at(arrives, move |net| arrive(net, &link, &shared, slot, number, partition, from));
    }

    fn answered(self: &Arc<Self>, slot: usize, number: u64, answer: Result<(RecordBatch, i64, i64), BrokerError>) {
        let again = {
            let mut state = lock(&self.state);
            let Some(reading) = state.reading(slot, number) else { return };
            reading.is_asking = false;
            match answer {
                Ok((records, next, end)) => {
                    if reading.taken == reading.buffer.len() {
                        reading.buffer.clear();
                        reading.taken = 0;
                    }
                    records.iter().for_each(|record| reading.buffer.push_ref(record));
                    reading.fetched = next;
                    reading.end = Some(end);
                    true
                }
                Err(error) => {
                    let again = error.is_retriable();
                    reading.error = Some(error);
                    again
                }
            }
        };
        if again {
            self.ask(slot, number);
        }
        self.link.wake_worker(self.worker);
    }
}

/// A request for records reaches its leader.
fn arrive(net: &Arc<Net>, link: &Arc<Link>, shared: &Weak<Shared>, slot: usize, number: u64, partition: TopicPartition, from: i64) {
    let Some(alive) = shared.upgrade() else { return };
    let again = |at: Micros| {
        let (shared, link) = (shared.clone(), Arc::clone(link));
        let (asked, partition) = (Arc::clone(&link), partition.clone());
        asked.at(at, move |link| arrive(&link.net, link, &shared, slot, number, partition, from));
    };
    if let Some(until) = link.away_until(&Target::Leaders(vec![partition.clone()])) {
        if link.goes_wrong("fetch reported", 2) {
            let error = link.unavailable("no leader");
            link.at(net.now() + 50 * MS, move |_| alive.answered(slot, number, Err(error)));
        } else {
            again(until + link.delay("fetch"));
        }
        return;
    }
    if link.goes_wrong("request lost", net.plan.rates.lost_requests) {
        again(net.now() + 100 * MS);
        return;
    }
    if net.forgets() && net.layout.is_changelog(&partition.topic) && link.goes_wrong("head deleted", 3) {
        net.delete_heads();
    }
    let (dice, count) = link.chance("fetched records");
    let most = dice.between(count, 1, 40) as usize;
    let read = net.log().read(&partition.topic, partition.partition, from, most);
    let end = net.log().end_offset(&partition.topic, partition.partition).unwrap_or(from);
    let answer = match read {
        Ok(records) => {
            let next = from + records.len() as i64;
            Ok((records, next, end))
        }
        Err(error) => Err(error),
    };
    let is_news = match &answer {
        Ok((records, ..)) => !records.is_empty(),
        Err(_) => true,
    };
    let reply = move |net: &Arc<Net>, link: &Arc<Link>| {
        link.at(net.now() + link.answer_delay("fetched"), move |_| alive.answered(slot, number, answer));
    };
    let knows_end = {
        let Some(alive) = shared.upgrade() else { return };
        let mut state = lock(&alive.state);
        state.reading(slot, number).is_some_and(|reading| reading.end == Some(end))
    };
    if is_news || !knows_end {
        reply(net, link);
        return;
    }
    // The leader answers when there is something.
    let (shared, link, waited) = (shared.clone(), Arc::clone(link), partition.clone());
    net.when_written(&partition, move |net| arrive(net, &link, &shared, slot, number, waited, from));
}

fn not_assigned(slot: PartitionSlot) -> BrokerError {
    BrokerError::Other { what: "reading a partition".to_owned(), reason: format!("slot {} is not assigned", slot.0), fatal: false }
}

impl Consumer for SimConsumer {
    fn assign(&mut self, partition: &TopicPartition, offset: i64) -> Result<PartitionSlot, BrokerError> {
        let link = &self.0.link;
        let (slot, number) = {
            let mut state = lock(&self.0.state);
            let number = state.next_number;
            state.next_number += 1;
            let reading = Reading {
                partition: partition.clone(),
                number,
                buffer: RecordBatch::default(),
                taken: 0,
                position: offset,
                fetched: offset,
                end: None,
                known_end: None,
                error: None,
                is_asking: false,
            };
            let slot = state.slots.iter().position(Option::is_none).unwrap_or(state.slots.len());
            if slot == state.slots.len() {
                state.slots.push(None);
            }
            state.slots[slot] = Some(reading);
            (slot, number)
        };
        if link.enter() {
            link.note("reads", offset, || format!("{partition} from {offset}"));
            link.begins_to_read(partition);
            link.check_begin(partition, offset);
            if !link.net.layout.is_changelog(&partition.topic) {
                lock(&link.net.watch).opened(partition, offset);
            }
            self.0.ask(slot, number);
        }
        Ok(PartitionSlot(slot as u32))
    }

    fn unassign(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        let gone = lock(&self.0.state).slots.get_mut(slot.0 as usize).and_then(Option::take).ok_or_else(|| not_assigned(slot))?;
        self.0.link.enter();
        self.0.link.ends_to_read(&gone.partition);
        Ok(())
    }

    fn fetch(&mut self, slot: PartitionSlot, max_records: usize, into: &mut RecordBatch) -> Result<usize, BrokerError> {
        let is_alive = self.0.link.enter();
        let (number, count) = {
            let mut state = lock(&self.0.state);
            let reading = state.slots.get_mut(slot.0 as usize).and_then(Option::as_mut).ok_or_else(|| not_assigned(slot))?;
            if !is_alive {
                return Ok(0);
            }
            if reading.taken == reading.buffer.len()
                && let Some(error) = reading.error.take()
            {
                return Err(error);
            }
            let mut count = 0;
            while count < max_records
                && let Some(record) = reading.buffer.get(reading.taken)
            {
                into.push_ref(record);
                reading.position = record.offset + 1;
                lock(&self.0.link.net.watch).delivered(&reading.partition, record.offset);
                reading.taken += 1;
                count += 1;
            }
            if reading.taken == reading.buffer.len() {
                reading.position = reading.fetched;
            }
            reading.known_end = reading.end;
            (reading.number, count)
        };
        self.0.ask(slot.0 as usize, number);
        Ok(count)
    }

    fn position(&self, slot: PartitionSlot) -> i64 {
        lock(&self.0.state).slots.get(slot.0 as usize).and_then(Option::as_ref).map_or(-1, |reading| reading.position)
    }

    fn known_end(&self, slot: PartitionSlot) -> Option<i64> {
        lock(&self.0.state).slots.get(slot.0 as usize)?.as_ref()?.known_end
    }

    fn wait(&mut self, _: Duration) {
        self.0.link.find("waits for records, and would block its thread");
    }

    fn waker(&self) -> Waker {
        let (link, worker) = (Arc::clone(&self.0.link), self.0.worker);
        Waker::new(move || link.wake_worker(worker))
    }
}

impl Drop for SimConsumer {
    fn drop(&mut self) {
        let slots = std::mem::take(&mut lock(&self.0.state).slots);
        for reading in slots.into_iter().flatten() {
            self.0.link.ends_to_read(&reading.partition);
        }
    }
}
