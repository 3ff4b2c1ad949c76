//! A producer as librdkafka's idempotent one: it takes records at once, and its client sends them
//! by itself, for each partition in order, again and again until they are acknowledged or their
//! time is up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, Weak};

use streams_runtime::broker::{
    ANY_PARTITION, BrokerError, Flushed, ProduceBatch, Producer, ProducerConfig, RefusedRecord, ResultOrigin, TopicPartition, TopicSlot,
    Waker,
};
use streams_runtime::partition::partition_for_key;
use streams_runtime::record::RecordBatch;

use super::link::Link;
use super::net::{Net, Target, lock};
use super::plan::{MS, Micros, SILENT};

/// Records that the client takes before it has no more room.
const ROOM: usize = 400;

struct Queued {
    /// One record.
    record: RecordBatch,
    origin: Option<ResultOrigin>,
    until: Micros,
    /// Which call handed it over.
    number: u64,
}

/// Records on the network.
struct Flight {
    records: Vec<Queued>,
    /// The end of the partition behind them, once they are written; and which of them were refused.
    written: Option<i64>,
    refused: Vec<(usize, BrokerError)>,
}

#[derive(Default)]
struct Lane {
    queue: VecDeque<Queued>,
    flight: Option<Arc<Mutex<Flight>>>,
    /// A sending is due.
    is_due: bool,
    /// After a failure nothing is sent before what is on the network has arrived.
    not_before: Micros,
    acknowledged: Option<i64>,
}

/// What a producer has taken, and what became of it.
#[derive(Default)]
pub(super) struct Outbox {
    topics: Vec<(String, i32)>,
    lanes: BTreeMap<(u32, i32), Lane>,
    failed: VecDeque<BrokerError>,
    refused: VecDeque<RefusedRecord>,
    next_any: i32,
    waker: Option<Waker>,
    numbers: u64,
    /// The last record that was handed over before acknowledgements were asked for, since the last
    /// commit.
    asked_up_to: Option<u64>,
    /// What is purged and not known to be gone, and the number of the last purge.
    purging: BTreeSet<(u32, i32)>,
    purges: u64,
}

impl Outbox {
    /// The partitions for which something is not acknowledged.
    pub(super) fn on_the_way(&self) -> Vec<(String, i32)> {
        self.open().map(|(topic, partition)| (self.topics[topic as usize].0.clone(), partition)).collect()
    }

    /// The partitions for which something has not been sent yet.
    fn queued(&self) -> Vec<TopicPartition> {
        let queued = self.lanes.iter().filter(|(_, lane)| !lane.queue.is_empty());
        queued.map(|((topic, partition), _)| TopicPartition::new(self.topics[*topic as usize].0.as_str(), *partition)).collect()
    }

    fn open(&self) -> impl Iterator<Item = (u32, i32)> + '_ {
        let open = |(place, lane): (&(u32, i32), &Lane)| lane.flight.is_some() || !lane.queue.is_empty() || self.purging.contains(place);
        self.lanes.iter().filter(move |lane| open(*lane)).map(|(place, _)| *place)
    }

    fn lowest_open(lane: &Lane) -> Option<u64> {
        let flight = lane.flight.as_ref().and_then(|flight| lock(flight).records.first().map(|record| record.number));
        flight.or_else(|| lane.queue.front().map(|record| record.number))
    }

    /// What is not acknowledged although the offsets of its causes are about to be committed.
    pub(super) fn begins_commit(&mut self) -> Option<String> {
        let asked_up_to = self.asked_up_to.take().unwrap_or(u64::MAX);
        let open = self.lanes.iter().find(|(_, lane)| Self::lowest_open(lane).is_some_and(|lowest| lowest <= asked_up_to));
        open.map(|((topic, partition), _)| format!("{}-{partition}", self.topics[*topic as usize].0))
    }

    fn len(&self) -> usize {
        let in_flight = |lane: &Lane| lane.flight.as_ref().map_or(0, |flight| lock(flight).records.len());
        self.lanes.values().map(|lane| lane.queue.len() + in_flight(lane)).sum()
    }
}

/// The producer of a worker.
pub(super) struct SimProducer {
    link: Arc<Link>,
    linger: Micros,
    delivery_timeout: Micros,
    outbox: Arc<Mutex<Outbox>>,
}

impl SimProducer {
    pub(super) fn new(link: &Arc<Link>, config: &ProducerConfig) -> Self {
        let outbox = Arc::new(Mutex::new(Outbox::default()));
        link.add_outbox(worker_of(&config.client_id), &outbox);
        let micros = |duration: std::time::Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX / 4);
        SimProducer { link: Arc::clone(link), linger: micros(config.linger), delivery_timeout: micros(config.delivery_timeout), outbox }
    }

    fn take_failure(&self) -> Result<(), BrokerError> {
        match lock(&self.outbox).failed.pop_front() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for SimProducer {
    fn drop(&mut self) {
        if !self.link.is_dead() && !lock(&self.outbox).on_the_way().is_empty() {
            self.link.leaves_unacknowledged();
        }
    }
}

/// The number of the worker whose client this is, as its `client.id` ends with it.
pub(super) fn worker_of(client_id: &str) -> usize {
    let digits = client_id.rsplit("worker-").next().unwrap_or("");
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(usize::MAX - 1)
}

/// Has a lane send in a while, if nothing of it is on its way.
fn send_later(link: &Arc<Link>, outbox: &Weak<Mutex<Outbox>>, place: (u32, i32), after: Micros) {
    let Some(alive) = outbox.upgrade() else { return };
    let at = {
        let mut state = lock(&alive);
        let Some(lane) = state.lanes.get_mut(&place) else { return };
        if lane.is_due || lane.flight.is_some() || lane.queue.is_empty() {
            return;
        }
        lane.is_due = true;
        (link.net.now() + after).max(lane.not_before)
    };
    let outbox = outbox.clone();
    link.at(at, move |link| {
        let Some(alive) = outbox.upgrade() else { return };
        let (dice, count) = link.chance("batch of records");
        let flight = {
            let mut state = lock(&alive);
            let Some(lane) = state.lanes.get_mut(&place) else { return };
            lane.is_due = false;
            if lane.flight.is_some() || lane.queue.is_empty() {
                return;
            }
            let most = (dice.between(count, 1, 20) as usize).min(lane.queue.len());
            let records: Vec<Queued> = lane.queue.drain(..most).collect();
            let flight = Arc::new(Mutex::new(Flight { records, written: None, refused: Vec::new() }));
            lane.flight = Some(Arc::clone(&flight));
            flight
        };
        let until = lock(&flight).records.first().map_or(0, |record| record.until);
        let (watched, late) = (outbox.clone(), Arc::clone(&flight));
        link.at(until, move |link| time_is_up(link, &watched, place, &late));
        request(link, &outbox, place, &flight);
    });
}

fn is_current(outbox: &Weak<Mutex<Outbox>>, place: (u32, i32), flight: &Arc<Mutex<Flight>>) -> bool {
    let Some(alive) = outbox.upgrade() else { return false };
    let state = lock(&alive);
    state.lanes.get(&place).and_then(|lane| lane.flight.as_ref()).is_some_and(|current| Arc::ptr_eq(current, flight))
}

/// Sends what is in flight, for the first time or again.
fn request(link: &Arc<Link>, outbox: &Weak<Mutex<Outbox>>, place: (u32, i32), flight: &Arc<Mutex<Flight>>) {
    if !is_current(outbox, place, flight) {
        return;
    }
    let Some(topic) = outbox.upgrade().and_then(|outbox| lock(&outbox).topics.get(place.0 as usize).map(|topic| topic.0.clone())) else {
        return;
    };
    let partition = TopicPartition::new(topic, place.1);
    let arrives = link.net.now() + link.delay("produce");
    let is_lost = link.goes_wrong("produce lost", link.net.plan.rates.lost_requests);
    let away = link.away_until(&Target::Leaders(vec![partition.clone()]));
    // If nothing comes back it is sent again.
    let (again, resent) = (outbox.clone(), Arc::clone(flight));
    let after = away.map_or(SILENT, |until| until.saturating_sub(link.net.now()) + 10 * MS);
    link.at(link.net.now() + after, move |link| request(link, &again, place, &resent));
    if is_lost || away.is_some() {
        return;
    }
    let (outbox, flight, sender) = (outbox.clone(), Arc::clone(flight), Arc::clone(link));
    link.net.at(arrives, move |net| {
        write(net, &sender, &partition, &flight);
        if net.medium.is_some() {
            let (dice, count) = sender.chance("sync");
            net.at(net.now() + dice.between(count, 20, 3 * MS), move |net| {
                if sync(net, &sender, &partition, &flight) {
                    let delay = sender.answer_delay("acknowledgement");
                    sender.at(net.now() + delay, move |link| acknowledged(link, &outbox, place, &flight));
                }
            });
            return;
        }
        if sender.goes_wrong("acknowledgement lost", net.plan.rates.lost_answers) {
            return;
        }
        sender.at(net.now() + sender.answer_delay("acknowledgement"), move |link| acknowledged(link, &outbox, place, &flight));
    });
}

/// The leader takes the records, each once however often they come.
fn write(net: &Arc<Net>, link: &Arc<Link>, partition: &TopicPartition, flight: &Arc<Mutex<Flight>>) {
    let count = {
        let flight = lock(flight);
        if flight.written.is_some() {
            return;
        }
        flight.records.len()
    };
    for index in 0..count {
        let record = lock(flight).records[index].record.clone();
        let Some(record) = record.get(0) else { continue };
        match net.append(&partition.topic, Some(partition.partition), record, Some(link)) {
            Ok((_, offset)) => lock(flight).written = Some(offset + 1),
            Err(error) => {
                net.is_of_disk(&error);
                lock(flight).refused.push((index, error));
            }
        }
    }
    let mut flight = lock(flight);
    if flight.written.is_none() {
        flight.written = Some(-1);
    }
}

/// What was written is made safe, or the disk has failed; whether there is something to say.
fn sync(net: &Arc<Net>, link: &Arc<Link>, partition: &TopicPartition, flight: &Arc<Mutex<Flight>>) -> bool {
    let Some(end) = lock(flight).written else { return false };
    match net.log().flush() {
        Ok(()) => {
            net.on_medium(|medium| medium.acknowledged(partition, end));
            !link.goes_wrong("acknowledgement lost", net.plan.rates.lost_answers)
        }
        Err(error) => {
            net.is_of_disk(&error);
            let mut flight = lock(flight);
            flight.written = Some(-1);
            flight.refused.push((0, error));
            true
        }
    }
}

fn acknowledged(link: &Arc<Link>, outbox: &Weak<Mutex<Outbox>>, place: (u32, i32), flight: &Arc<Mutex<Flight>>) {
    if !is_current(outbox, place, flight) {
        return;
    }
    let Some(alive) = outbox.upgrade() else { return };
    let waker = {
        let mut state = lock(&alive);
        let topic = state.topics[place.0 as usize].0.clone();
        let mut flight = lock(flight);
        let written = flight.written.filter(|end| *end >= 0);
        let refused = std::mem::take(&mut flight.refused);
        for (index, error) in refused {
            let queued = &flight.records[index];
            let is_of_disk = matches!(error, BrokerError::Storage { .. });
            match (&queued.origin, queued.record.get(0).filter(|_| !is_of_disk)) {
                (Some(origin), Some(record)) => state.refused.push_back(RefusedRecord {
                    origin: origin.clone(),
                    topic: topic.clone(),
                    partition: Some(place.1),
                    key: record.key.map(<[u8]>::to_vec),
                    value: record.value.map(<[u8]>::to_vec),
                    headers: record.headers.into(),
                    timestamp_ms: record.timestamp_ms,
                    kind: streams_runtime::ProduceErrorKind::Refused,
                    error,
                }),
                _ => {
                    link.excuse(error.to_string());
                    state.failed.push_back(error);
                }
            }
        }
        if let Some(lane) = state.lanes.get_mut(&place) {
            lane.flight = None;
            lane.acknowledged = written.or(lane.acknowledged);
        }
        state.waker.clone()
    };
    send_later(link, outbox, place, 0);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// What is not acknowledged by now has failed, whether it was written or not.
fn time_is_up(link: &Arc<Link>, outbox: &Weak<Mutex<Outbox>>, place: (u32, i32), flight: &Arc<Mutex<Flight>>) {
    if !is_current(outbox, place, flight) {
        return;
    }
    let Some(alive) = outbox.upgrade() else { return };
    let waker = {
        let mut state = lock(&alive);
        let topic = state.topics[place.0 as usize].0.clone();
        let not_before = link.net.now() + SILENT;
        if let Some(lane) = state.lanes.get_mut(&place) {
            lane.flight = None;
            lane.not_before = not_before;
        }
        let error = BrokerError::Undelivered { topic, partition: Some(place.1), reason: "not delivered in time".to_owned() };
        link.note("undelivered", i64::from(place.1), || error.to_string());
        link.excuse(error.to_string());
        state.failed.push_back(error);
        state.waker.clone()
    };
    send_later(link, outbox, place, 0);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Producer for SimProducer {
    fn declare(&mut self, name: &str, partitions: i32) -> Result<TopicSlot, BrokerError> {
        let mut outbox = lock(&self.outbox);
        if let Some(known) = outbox.topics.iter().position(|(topic, _)| topic == name) {
            outbox.topics[known].1 = partitions;
            return Ok(TopicSlot(known as u32));
        }
        outbox.topics.push((name.to_owned(), partitions));
        Ok(TopicSlot(outbox.topics.len() as u32 - 1))
    }

    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        self.link.enter();
        let known = lock(&self.outbox).topics.iter().position(|(topic, _)| topic == name);
        match known {
            Some(known) => Ok(TopicSlot(known as u32)),
            None => {
                let partitions = self.link.net.log().partitions(name)?;
                self.declare(name, partitions)
            }
        }
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        lock(&self.outbox).topics.get(topic.0 as usize).map_or(0, |(_, partitions)| *partitions)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        if !self.link.enter() {
            return Ok(());
        }
        let until = self.link.net.now().saturating_add(self.delivery_timeout);
        let mut touched = Vec::new();
        let mut foreign = Vec::new();
        {
            let mut outbox = lock(&self.outbox);
            for (index, (topic, partition, record)) in batch.iter().enumerate() {
                let Some((name, partitions)) = outbox.topics.get(topic.0 as usize).cloned() else { continue };
                let chosen = match (partition, record.key) {
                    (ANY_PARTITION, Some(key)) => partition_for_key(key, partitions),
                    (ANY_PARTITION, None) => {
                        outbox.next_any = (outbox.next_any + 1) % partitions.max(1);
                        outbox.next_any
                    }
                    (chosen, _) => chosen,
                };
                let id = TopicPartition::new(name.as_str(), chosen);
                if self.link.net.layout.is_changelog(&name) && !self.link.may_touch(&id) {
                    foreign.push(id);
                }
                let mut one = RecordBatch::default();
                one.push_ref(record);
                outbox.numbers += 1;
                let number = outbox.numbers;
                let queued = Queued { record: one, origin: batch.origin(index).cloned(), until, number };
                outbox.lanes.entry((topic.0, chosen)).or_default().queue.push_back(queued);
                touched.push((topic.0, chosen));
            }
        }
        foreign.dedup();
        for id in foreign {
            self.link.find(format_args!("writes to {id}, whose task is not its own"));
        }
        touched.dedup();
        let outbox = Arc::downgrade(&self.outbox);
        for place in touched {
            send_later(&self.link, &outbox, place, self.linger);
        }
        self.take_failure()
    }

    fn has_room(&self) -> bool {
        lock(&self.outbox).len() < ROOM
    }

    fn is_settled(&self) -> bool {
        lock(&self.outbox).open().next().is_none()
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        self.link.enter();
        self.take_failure()
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        if !self.link.enter() {
            return Ok(Flushed::Waiting);
        }
        self.take_failure()?;
        self.link.check_flush(lock(&self.outbox).queued());
        let places: Vec<(u32, i32)> = {
            let mut outbox = lock(&self.outbox);
            let numbers = outbox.numbers;
            outbox.asked_up_to.get_or_insert(numbers);
            outbox.lanes.iter().filter(|(_, lane)| !lane.queue.is_empty()).map(|(place, _)| *place).collect()
        };
        let weak = Arc::downgrade(&self.outbox);
        places.into_iter().for_each(|place| send_later(&self.link, &weak, place, 0));
        if self.is_settled() { Ok(Flushed::Done) } else { Ok(Flushed::Waiting) }
    }

    fn flush(&mut self, _: std::time::Duration) -> Result<(), BrokerError> {
        self.link.find("waits for acknowledgements, and would block its thread");
        Ok(())
    }

    fn purge(&mut self) {
        if self.link.enter() {
            self.link.note("purge", 0, String::new);
            let mut outbox = lock(&self.outbox);
            let open: Vec<(u32, i32)> = outbox.open().collect();
            outbox.purging.extend(open);
            outbox.purges += 1;
            let (number, purged) = (outbox.purges, Arc::downgrade(&self.outbox));
            // The client's threads say so later.
            let (dice, count) = self.link.chance("purge");
            self.link.at(self.link.net.now() + dice.between(count, 50, 100 * MS), move |_| {
                let Some(outbox) = purged.upgrade() else { return };
                let waker = {
                    let mut outbox = lock(&outbox);
                    if outbox.purges == number {
                        outbox.purging.clear();
                    }
                    outbox.waker.clone()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            });
            for lane in outbox.lanes.values_mut() {
                lane.queue.clear();
                lane.flight = None;
                // What is on the network arrives before anything that is sent from now on.
                lane.not_before = self.link.net.now() + SILENT;
            }
        }
    }

    fn wake(&mut self, waker: Waker) {
        lock(&self.outbox).waker = Some(waker);
    }

    fn take_refused(&mut self) -> Option<RefusedRecord> {
        lock(&self.outbox).refused.pop_front()
    }

    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64> {
        lock(&self.outbox).lanes.get(&(topic.0, partition))?.acknowledged
    }
}
