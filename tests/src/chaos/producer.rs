//! A producer as librdkafka's: it takes records at once, and they arrive when the network lets
//! them, in order by topic.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{ANY_PARTITION, BrokerError, Flushed, ProduceBatch, Producer, TopicSlot};
use streams_runtime::record::RecordBatch;

use super::process::{Process, lock};

/// Records of one topic that were handed over together.
#[derive(Default)]
struct Piece {
    due: Option<Instant>,
    records: RecordBatch,
    partitions: Vec<i32>,
}

/// The records of one topic that are on their way.
struct Lane {
    topic: String,
    partitions: i32,
    pieces: VecDeque<Piece>,
    /// The offset after the last record that arrived, by partition.
    ends: Vec<Option<i64>>,
}

/// What is on its way from one producer.
pub(super) struct Lanes {
    log: EmbeddedLog,
    process: Arc<Process>,
    lanes: Vec<Lane>,
    failed: Option<BrokerError>,
}

impl Lanes {
    /// Lets arrive what is due.
    pub(super) fn deliver(&mut self) {
        if self.process.is_dead() {
            self.lanes.iter_mut().for_each(|lane| lane.pieces.clear());
            return;
        }
        let over = self.process.weather.is_over();
        for lane in &mut self.lanes {
            while let Some(piece) = lane.pieces.front() {
                if !over && piece.due.is_some_and(|due| Instant::now() < due) {
                    break;
                }
                let Some(piece) = lane.pieces.pop_front() else { break };
                for (record, partition) in piece.records.iter().zip(&piece.partitions) {
                    let to = (*partition != ANY_PARTITION).then_some(*partition);
                    match self.log.append(&lane.topic, to, record) {
                        Ok((partition, offset)) => {
                            if let Some(end) = lane.ends.get_mut(partition as usize) {
                                *end = Some(offset + 1);
                            }
                        }
                        Err(error) => self.failed = Some(error),
                    }
                }
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.pieces.is_empty())
    }

    /// The batches to a topic of results are not delivered in time from some time on.
    fn fails(&self, topic: &str) -> bool {
        if topic != super::world::RESULTS || self.process.weather.is_over() {
            return false;
        }
        let (_, count) = self.process.chance("batch of results");
        // Once for a run, or no process would ever get on.
        self.process.number == 0 && self.process.weather.script.undelivered_from.is_some_and(|from| count > from)
    }
}

/// The producer of a worker.
pub(super) struct FaultyProducer {
    lanes: Arc<Mutex<Lanes>>,
    process: Arc<Process>,
}

impl FaultyProducer {
    pub(super) fn new(log: EmbeddedLog, process: Arc<Process>) -> Self {
        let lanes = Lanes { log, process: Arc::clone(&process), lanes: Vec::new(), failed: None };
        let lanes = Arc::new(Mutex::new(lanes));
        deliver_later(Arc::downgrade(&lanes));
        FaultyProducer { lanes, process }
    }
}

/// The client's own thread: records arrive also while nobody calls the producer.
fn deliver_later(lanes: Weak<Mutex<Lanes>>) {
    std::thread::spawn(move || {
        while let Some(lanes) = lanes.upgrade() {
            lock(&lanes).deliver();
            drop(lanes);
            std::thread::sleep(Duration::from_millis(2));
        }
    });
}

impl Producer for FaultyProducer {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        self.process.enter("topic")?;
        let mut lanes = lock(&self.lanes);
        if let Some(known) = lanes.lanes.iter().position(|lane| lane.topic == name) {
            return Ok(TopicSlot(known as u32));
        }
        let partitions = lanes.log.partitions(name)?;
        let ends = vec![None; partitions as usize];
        lanes.lanes.push(Lane { topic: name.to_owned(), partitions, pieces: VecDeque::new(), ends });
        Ok(TopicSlot(lanes.lanes.len() as u32 - 1))
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        lock(&self.lanes).lanes.get(topic.0 as usize).map_or(0, |lane| lane.partitions)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        self.process.enter("send")?;
        let script = &self.process.weather.script;
        let mut lanes = lock(&self.lanes);
        let mut pieces: Vec<Piece> = Vec::new();
        pieces.resize_with(lanes.lanes.len(), Piece::default);
        for (topic, partition, record) in batch.iter() {
            let Some(piece) = pieces.get_mut(topic.0 as usize) else { continue };
            piece.records.push_ref(record);
            piece.partitions.push(partition);
        }
        for (topic, mut piece) in pieces.into_iter().enumerate().filter(|(_, piece)| !piece.partitions.is_empty()) {
            if lanes.fails(&lanes.lanes[topic].topic) {
                self.process.undelivered.store(true, Ordering::SeqCst);
                lanes.failed = Some(BrokerError::Produce {
                    topic: lanes.lanes[topic].topic.clone(),
                    partition: piece.partitions.first().copied(),
                    reason: "not delivered in time".to_owned(),
                    permanent: false,
                });
                continue;
            }
            let (dice, count) = self.process.chance("batch");
            piece.due = dice.one_in(count, script.held_one_in).then(|| Instant::now() + script.held_for);
            lanes.lanes[topic].pieces.push_back(piece);
        }
        lanes.deliver();
        Ok(())
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        self.process.enter("poll")?;
        let mut lanes = lock(&self.lanes);
        lanes.deliver();
        lanes.failed.take().map_or(Ok(()), Err)
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        self.process.enter("flush")?;
        let mut lanes = lock(&self.lanes);
        lanes.deliver();
        if let Some(error) = lanes.failed.take() {
            return Err(error);
        }
        Ok(if lanes.is_empty() { Flushed::Done } else { Flushed::Waiting })
    }

    fn purge(&mut self) {
        lock(&self.lanes).lanes.iter_mut().for_each(|lane| lane.pieces.clear());
    }

    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64> {
        let lanes = lock(&self.lanes);
        lanes.lanes.get(topic.0 as usize)?.ends.get(usize::try_from(partition).ok()?).copied()?
    }
}
