//! What a topology must do, without any cleverness: every node that keeps state keeps all that ever reached it, and computes what it needs
//! from that history, again for each record.
//!
//! Nothing here knows the runtime. The rules are those of Kafka Streams as recorded for the conformance tests: a record runs depth first
//! through the graph, each node's readers in the order of the text; what goes through a topic of the application's own comes back later.

mod aggregate;
mod closures;
mod expiry;
mod foreign;
mod grace;
mod sessions;
mod sliding;
mod streams;
mod suppress;
mod tables;
mod versions;
mod whole;
mod windows;

use std::collections::{BTreeMap, VecDeque};

pub(crate) use closures::holds;
use closures::{joined, mapped, new_key, of_side};
pub use whole::{Whole, whole};

use crate::processors::LATER_MS;
use crate::topology::{Fold, How, Id, Joiner, Kind, Op, Topology, WindowKind, Windows};
use crate::values::{Datum, code, letter, numbered, show, tail};

/// Headers, in order.
pub type Headers = Vec<(String, Option<String>)>;

/// A record of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its topic.
    pub topic: String,
    /// Its key.
    pub key: Datum,
    /// Its value.
    pub value: Datum,
    /// Milliseconds.
    pub ts: i64,
    /// Its headers.
    pub headers: Headers,
}

/// A row of a store: of a window store, the key has the window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Its key.
    pub key: Datum,
    /// Its value.
    pub value: Datum,
    /// Time of its last update.
    pub ts: i64,
}

/// What the nodes hand on: a record of a stream, or a change of a table with the value before it.
#[derive(Clone, Debug)]
struct Message {
    key: Datum,
    value: Datum,
    old: Datum,
    ts: i64,
    headers: Headers,
    /// Whether a change is of the latest version of its key.
    latest: bool,
    /// What goes between the sides of a foreign-key join.
    asked: Option<Asked>,
}

/// A question for a row of the right table, or the answer to it.
#[derive(Clone, Debug)]
struct Asked {
    /// The key on the left.
    left_key: Datum,
    /// The value on the left that asks.
    left: Datum,
    /// What is to be done.
    what: foreign::What,
}

/// What reached a node.
#[derive(Clone, Debug)]
struct Seen {
    message: Message,
    /// By which of its sides.
    side: usize,
    /// How many restarts of its part were before.
    run: usize,
}

/// Mistakes that can be put into the model, to see that they are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mistake {
    /// None.
    #[default]
    None,
    /// Aggregates have the time of the last record, not the latest time.
    LastTime,
    /// Late records are taken into windows.
    TakeLate,
}

/// A topic that is read, and what waits in it.
#[derive(Clone, Default)]
struct Queue {
    waiting: VecDeque<Message>,
    since: u64,
}

/// A topic that is read: one of the input, or the one before a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Input(usize),
    Before(Id, usize),
    Asks(Id),
    Answers(Id),
}

/// A topology at work.
#[derive(Clone)]
pub struct Model<'t> {
    topology: &'t Topology,
    kinds: Vec<Kind>,
    readers: Vec<Vec<(Id, usize)>>,
    repartitioned: Vec<[bool; 2]>,
    gives_old: Vec<bool>,
    /// By node: the part of the topology that it is in.
    parts: Vec<Id>,
    history: Vec<Vec<Seen>>,
    /// The largest time of all records.
    stream_time: i64,
    queues: BTreeMap<Place, Queue>,
    sequence: u64,
    out: Vec<Record>,
    dropped: u64,
    /// By node: how often its part was started again.
    runs: Vec<usize>,
    mistake: Mistake,
    messages: usize,
    lost: bool,
}

impl<'t> Model<'t> {
    /// The topology before its first record.
    pub fn new(topology: &'t Topology, mistake: Mistake) -> Self {
        let ids = 0..topology.nodes.len();
        Model {
            topology,
            kinds: topology.kinds(),
            readers: ids.clone().map(|id| topology.readers(id)).collect(),
            repartitioned: ids.clone().map(|id| [0, 1].map(|side| topology.is_repartitioned(id, side))).collect(),
            gives_old: ids.clone().map(|id| topology.gives_old(id)).collect(),
            parts: topology.parts(),
            runs: vec![0; topology.nodes.len()],
            history: ids.map(|_| Vec::new()).collect(),
            stream_time: -1,
            queues: BTreeMap::new(),
            sequence: 0,
            out: Vec::new(),
            dropped: 0,
            mistake,
            messages: 0,
            lost: false,
        }
    }

    /// Takes a record in; what is written to the output topics, in order.
    pub fn pipe(&mut self, record: &Record) -> Vec<Record> {
        let topic = self.topology.topics.iter().position(|topic| topic.name == record.topic);
        if let Some(topic) = topic {
            let Record { key, value, ts, headers, .. } = record.clone();
            self.enqueue(Place::Input(topic), Message { key, value, old: Datum::Null, ts, headers, latest: true, asked: None });
        }
        self.run();
        std::mem::take(&mut self.out)
    }

    /// The application is stopped and started again: what is not in stores is forgotten.
    pub fn restart(&mut self) {
        self.runs.iter_mut().for_each(|run| *run += 1);
    }

    /// The part of the topology that a node is in is stopped and started again, and no other.
    pub fn restart_part_of(&mut self, id: Id) {
        let part = self.parts[id];
        let of_part = self.runs.iter_mut().zip(&self.parts).filter(|(_, other)| **other == part);
        of_part.for_each(|(run, _)| *run += 1);
    }

    /// Whether so much came of few records that to compute it anew for each takes too long.
    pub fn is_exhausted(&self) -> bool {
        self.messages > 2000
    }

    /// Whether something came of which the model does not know what is to be done.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// How many records were left out so far.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The rows of each store, in the order of the nodes.
    pub fn stores(&self) -> Vec<(Id, Vec<Row>)> {
        let ids = 0..self.topology.nodes.len();
        ids.filter(|id| self.topology.is_state(*id) || matches!(self.kinds[*id], Kind::Global(_))).map(|id| (id, self.rows(id))).collect()
    }

    fn enqueue(&mut self, place: Place, message: Message) {
        self.sequence += 1;
        let queue = self.queues.entry(place).or_default();
        if queue.waiting.is_empty() {
            queue.since = self.sequence;
        }
        queue.waiting.push_back(message);
    }

    /// The record with the smallest time is next, on a tie the one whose topic waits longer.
    fn run(&mut self) {
        loop {
            let heads = self.queues.iter().filter_map(|(place, queue)| Some((queue.waiting.front()?.ts, queue.since, *place)));
            let Some((_, _, place)) = heads.min() else { return };
            let Some(message) = self.queues.get_mut(&place).and_then(|queue| queue.waiting.pop_front()) else { return };
            let part = self.part_of(place);
            self.advance(part, message.ts);
            match place {
                Place::Before(id, side) => self.work(id, side, message),
                Place::Asks(id) => self.answer(id, message),
                Place::Answers(id) => self.resolve(id, message),
                Place::Input(topic) => {
                    for id in self.readers_of(topic) {
                        self.work(id, 0, message.clone());
                    }
                }
            }
            // All parts share one stream time.
            self.expire_elsewhere(part);
        }
    }

    /// The sources that read a topic.
    fn readers_of(&self, topic: usize) -> Vec<Id> {
        let reads = |op: &Op| match op {
            Op::Stream(topics) => topics.contains(&topic),
            Op::Table(of, _) | Op::GlobalTable(of) => *of == topic,
            _ => false,
        };
        (0..self.topology.nodes.len()).filter(|id| reads(&self.topology.nodes[*id].op)).collect()
    }

    /// Hands a message to all that read a node.
    fn forward(&mut self, from: Id, message: &Message) {
        for (reader, side) in self.readers[from].clone() {
            self.receive(reader, side, message.clone());
        }
    }

    /// A message comes to a node, or into the topic before it.
    fn receive(&mut self, id: Id, side: usize, message: Message) {
        if !self.repartitioned[id][side] {
            return self.work(id, side, message);
        }
        match self.topology.nodes[id].op.clone() {
            Op::GroupTable { by, map, .. } => self.regroup(id, by, map, &message),
            Op::Aggregate { by: Some(by), .. } => {
                let key = new_key(by, &message.key, &message.value);
                self.repartition(id, side, Message { key, ..message });
            }
            Op::Cogroup { by, .. } => {
                let key = by[side].map_or_else(|| message.key.clone(), |by| new_key(by, &message.key, &message.value));
                self.repartition(id, side, Message { key, ..message });
            }
            _ => self.repartition(id, side, message),
        }
    }

    /// Null keys are lost, uncounted; but not before the side of a join that needs no partner.
    fn repartition(&mut self, id: Id, side: usize, message: Message) {
        let alone = match self.topology.nodes[id].op {
            Op::JoinTable { how, .. } | Op::JoinStreams { how, .. } => how == How::Outer || how == How::Left && side == 0,
            _ => false,
        };
        if message.key.is_some() || alone {
            self.enqueue(Place::Before(id, side), message);
        }
    }

    fn drop_one(&mut self) {
        self.dropped += 1;
    }

    fn remember(&mut self, id: Id, message: &Message) {
        self.remember_side(id, 0, message);
    }

    fn remember_side(&mut self, id: Id, side: usize, message: &Message) {
        self.history[id].push(Seen { message: message.clone(), side, run: self.runs[id] });
    }

    fn is_table(&self, id: Id) -> bool {
        matches!(self.kinds[id], Kind::Table(..))
    }

    /// A node does its work.
    fn work(&mut self, id: Id, side: usize, message: Message) {
        self.messages += 1;
        let Message { key, value, .. } = message.clone();
        match self.topology.nodes[id].op.clone() {
            Op::Stream(_) | Op::Branch { .. } | Op::Repartition { .. } | Op::Merge { .. } | Op::ToStream { .. } => {
                self.forward(id, &message)
            }
            Op::Table(_, crate::topology::Rows::Versioned(history)) => self.versioned_table(id, history, message),
            Op::Table(_, crate::topology::Rows::Expiring(ttl)) => self.expiring_table(id, ttl, message),
            Op::Table(..) | Op::ToTable { .. } => self.table(id, message),
            Op::GlobalTable(_) => {
                if key.is_some() {
                    self.remember(id, &message);
                } else {
                    self.drop_one();
                }
            }
            Op::Filter { .. } | Op::MapValues { .. } if self.is_table(id) => self.view(id, message),
            Op::Filter { test, not, .. } => {
                if holds(test, &key, &value) != not {
                    self.forward(id, &message);
                }
            }
            Op::MapValues { map, .. } => self.forward(id, &Message { value: mapped(map, &key, &value), ..message }),
            Op::Map { key: new, map, .. } => {
                self.forward(id, &Message { key: new_key(new, &key, &value), value: mapped(map, &key, &value), ..message });
            }
            Op::FlatMapValues { times, with_key, .. } => {
                for i in 0..code(&value) % times {
                    let before = if with_key { show(&key) } else { String::new() };
                    let value = Datum::Text(tail(&format!("{before}{}#{i}", show(&value))));
                    self.forward(id, &Message { value, ..message.clone() });
                }
            }
            Op::FlatMap { times, key: new, .. } => {
                for i in 0..code(&value) % times {
                    let (key, value) = (new_key(new, &key, &value), Datum::Text(tail(&format!("{}#{i}", show(&value)))));
                    self.forward(id, &Message { key, value, ..message.clone() });
                }
            }
            Op::SelectKey { key: new, .. } => self.forward(id, &Message { key: new_key(new, &key, &value), ..message }),
            Op::ProcessValues { .. } => {
                self.remember(id, &message);
                let shown = show(&key);
                let number = self.history[id].iter().filter(|seen| show(&seen.message.key) == shown).count() as i64;
                self.forward(id, &Message { value: Datum::Text(numbered(&value, number)), ..message });
            }
            Op::Process { letters, .. } => {
                let (code, value, ts) = (code(&key) + code(&value), Datum::Text(show(&value)), message.ts);
                for (code, ts) in [(code, ts), (code + 1, ts + LATER_MS)] {
                    self.forward(id, &Message { key: Datum::Text(letter(code, letters)), value: value.clone(), ts, ..message.clone() });
                }
            }
            Op::Split { tests, otherwise, .. } => {
                let first = tests.iter().position(|test| holds(*test, &key, &value));
                let taken = first.or(otherwise.then_some(tests.len()));
                let branch =
                    |branch: Id, taken: usize| matches!(self.topology.nodes[branch].op, Op::Branch { index, .. } if index == taken);
                let readers: Vec<Id> = self.readers[id].iter().map(|(branch, _)| *branch).collect();
                if let Some(branch) = taken.and_then(|taken| readers.into_iter().find(|reader| branch(*reader, taken))) {
                    self.work(branch, 0, message);
                }
            }
            Op::Aggregate { windows: None, fold, .. } => self.aggregate(id, fold, message),
            Op::Aggregate { windows: Some(windows), fold, .. } => self.in_windows(id, 0, windows, fold, message),
            Op::Cogroup { windows, base, .. } => {
                let fold = Fold::Aggregate(base, None);
                match windows {
                    // Null values are aggregated in windows only.
                    None if !value.is_some() => self.drop_one(),
                    None => self.aggregate(id, fold, Message { value: of_side(side, &value), ..message }),
                    Some(windows) if windows.kind == WindowKind::Sliding && !value.is_some() => self.drop_one(),
                    Some(windows) => self.in_windows(id, side, windows, fold, Message { value: of_side(side, &value), ..message }),
                }
            }
            Op::Suppress { until, .. } => self.suppress(id, until, message),
            Op::GroupTable { fold, .. } => self.group(id, fold, message),
            // Changes of the table make no results.
            Op::JoinTable { .. } | Op::JoinGlobal { .. } if side > 0 => {}
            Op::JoinTable { table, how, joiner, grace: None, .. } => {
                self.join_row(id, &message, how, joiner, key.is_some(), |model| model.row_as_of(table, &key, message.ts));
            }
            Op::JoinTable { grace: Some(grace), .. } => self.join_later(id, grace, message),
            Op::JoinStreams { how, joiner, within, .. } => self.join_streams(id, side, how, joiner, within, message),
            Op::JoinForeign { .. } => self.join_foreign(id, side, message),
            Op::JoinGlobal { table, key: new, how, joiner, .. } => {
                let key = new_key(new, &key, &value);
                self.join_row(id, &message, how, joiner, key.is_some(), |model| model.row(table, &key));
            }
            Op::JoinTables { input, other, how, joiner, .. } => {
                let (own, across) = if side == 0 { (input, other) } else { (other, input) };
                self.join_tables(id, side, (own, across), (how, joiner), message);
            }
            Op::To { topic, or, .. } => {
                let topic = match or {
                    Some((test, other)) if holds(test, &key, &value) => other,
                    _ => topic,
                };
                let Message { key, value, ts, headers, .. } = message;
                self.out.push(Record { topic, key, value, ts, headers });
            }
        }
    }

    fn in_windows(&mut self, id: Id, side: usize, windows: Windows, fold: Fold, message: Message) {
        match windows.kind {
            WindowKind::Time => self.aggregate_windows(id, side, windows, fold, message),
            WindowKind::Sliding => self.aggregate_sliding(id, windows, fold, message),
            WindowKind::Session => self.aggregate_sessions(id, side, windows, fold, message),
        }
    }

    /// A record of a stream meets a row of a table.
    fn join_row(
        &mut self,
        id: Id,
        message: &Message,
        how: How,
        joiner: Joiner,
        has_key: bool,
        row: impl FnOnce(&Self) -> Option<(Datum, i64)>,
    ) {
        if !message.value.is_some() || how == How::Inner && !has_key {
            return self.drop_one();
        }
        let right = if has_key { row(self).map_or(Datum::Null, |(value, _)| value) } else { Datum::Null };
        if right.is_some() || how != How::Inner {
            self.forward(id, &Message { value: joined(joiner, &message.value, &right), ..message.clone() });
        }
    }
}
