//! A topology over several partitions, whose tasks take turns in any order: records come in, are processed, are committed and restored at random
//! moments, so that what is on its way between tasks meets whatever has changed since.
//!
//! What is compared is what does not depend on any of that: what the tables come to in the end, by [`whole`].

mod tasks;
mod topics;

use std::collections::BTreeMap;

use streams_runtime::AnyTopology;
use streams_runtime::partition::partition_for_key;
use streams_runtime::plan::{SourceTopics, changelog_topic};
use streams_runtime::record::NewRecord;

use super::bytes::{decode_key, decode_value, encode};
use super::check::Difference;
use crate::input::Step;
use crate::model::{Record, Row, Whole, whole};
use crate::random::Random;
use crate::render;
use crate::topology::{Base, Id, Key, Kind, Op, Topology};
use crate::values::Datum;
use tasks::Tasks;
use topics::{Stored, Topics};

const APPLICATION: &str = "spread";

/// The tables of a topology that are the same however it is run.
pub fn comparable(topology: &Topology) -> Vec<Id> {
    (0..topology.nodes.len()).filter(|id| whole(topology, &[], *id).is_some()).collect()
}

/// The rows that such a table comes to, without their times.
pub(super) fn last_rows(topology: &Topology, records: &[Record], id: Id) -> Vec<Row> {
    let rows = whole(topology, records, id).unwrap_or_default();
    rows.into_iter().map(|(key, value)| Row { key, value, ts: 0 }).collect()
}

/// Whether a topology can be run so: it has a table that needs more than one task, and that no run can change.
pub(super) fn is_spread(topology: &Topology) -> bool {
    let global = topology.nodes.iter().any(|node| matches!(node.op, Op::GlobalTable(_)));
    let foreign = |id: &Id| matches!(topology.nodes[*id].op, Op::JoinForeign { .. });
    !global && comparable(topology).iter().any(foreign)
}

/// Runs a topology in a random order and compares what the tables come to.
pub(super) fn spread(any: AnyTopology, topology: &Topology, steps: &[Step], seed: u64) -> Result<(), Difference> {
    let mut random = Random::new(seed);
    let cache_bytes = random.pick(&[0, 300, 1500, 1 << 20]);
    let topics = Topics::default();
    let partitions = divide(&any, &topics, &mut random);
    let place = format!("spread over {partitions:?} partitions, caches of {cache_bytes} bytes");
    let told = |error: String| Difference::told(place.clone(), error);
    let mut tasks = Tasks::new(any, topics.clone(), &partitions, cache_bytes).map_err(told)?;
    run(&mut tasks, &topics, steps, &mut random).map_err(told)?;
    let records: Vec<Record> = steps.iter().map(|step| step.record.clone()).collect();
    for id in comparable(topology) {
        let expected = whole(topology, &records, id).unwrap_or_default();
        for topic in topics_of(topology, id, APPLICATION) {
            let Kind::Table(_, base) = topology.kinds()[id] else { continue };
            let actual = last_values(&topics.all(&topic), base).map_err(told)?;
            if actual != expected {
                let place = format!("{place}, what {topic} comes to ({})", render::name(id));
                return Err(Difference { place, expected: shown(&expected), actual: shown(&actual) });
            }
        }
    }
    Ok(())
}

/// Gives each sub-topology, and the topics that it reads, a number of partitions.
fn divide(any: &AnyTopology, topics: &Topics, random: &mut Random) -> Vec<usize> {
    let mut partitions = Vec::new();
    for sub_topology in &any.plan().sub_topologies {
        let count = 1 + random.below(3) as usize;
        for source in &sub_topology.sources {
            match &source.topics {
                SourceTopics::Named(names) => names.iter().for_each(|name| topics.divide(name, count)),
                internal => internal.internal(APPLICATION).iter().for_each(|name| topics.divide(name, count)),
            }
        }
        for store in &sub_topology.stores {
            topics.divide(&changelog_topic(APPLICATION, &store.name), count);
        }
        partitions.push(count);
    }
    partitions
}

/// Until all is read, and nothing more comes of a commit.
fn run(tasks: &mut Tasks, topics: &Topics, steps: &[Step], random: &mut Random) -> Result<(), String> {
    let mut steps = steps.iter();
    // How eager this run is to read, and to commit.
    let (reads, commits, restarts) = (random.pick(&[20, 50, 80]), random.pick(&[2, 10, 30]), random.pick(&[0, 0, 3]));
    loop {
        let waiting = tasks.waiting();
        let place = random.below(tasks.len() as u64) as usize;
        if random.percent(commits) {
            tasks.commit(place)?;
        } else if random.percent(restarts) {
            tasks.restart(place, random.percent(50))?;
        } else if !waiting.is_empty() && random.percent(reads) {
            let (place, input) = random.pick(&waiting);
            tasks.process(place, input, 1 + random.below(3) as i64)?;
        } else if let Some(step) = steps.next() {
            write(topics, &step.record);
        } else if waiting.is_empty() {
            break;
        }
    }
    // What one commit lets go may wait in the next store for another, and an answer that was late for the one after.
    let mut quiet = 0;
    while quiet < 4 {
        for place in 0..tasks.len() {
            tasks.commit(place)?;
        }
        quiet = if tasks.waiting().is_empty() { quiet + 1 } else { 0 };
        while let waiting = tasks.waiting()
            && !waiting.is_empty()
        {
            let (place, input) = random.pick(&waiting);
            tasks.process(place, input, 1 + random.below(3) as i64)?;
        }
    }
    Ok(())
}

fn write(topics: &Topics, record: &Record) {
    let (key, value) = (encode(&record.key), encode(&record.value));
    let partition = key.as_deref().map_or(0, |key| partition_for_key(key, topics.partitions(&record.topic) as i32));
    let new = NewRecord { key: key.as_deref(), value: value.as_deref(), timestamp_ms: record.ts, offset: 0 };
    topics.write(&record.topic, partition as usize, new);
}

/// The topics of a table's changes: those that it is written to as it is, and its changelog.
pub fn topics_of(topology: &Topology, id: Id, application_id: &str) -> Vec<String> {
    let mut topics = super::check::topics_of(topology, id);
    let reused = topology.optimized && topology.nodes[id].op.is_source();
    if topology.is_state(id) && !reused {
        topics.push(changelog_topic(application_id, &render::name(id)));
    }
    topics
}

/// The last value of each key.
fn last_values(records: &[Stored], base: Base) -> Result<Whole, String> {
    let mut last: BTreeMap<Datum, Datum> = BTreeMap::new();
    for record in records {
        let key = decode_key(record.key.as_deref(), Key::Text { null: false })?;
        last.insert(key, decode_value(record.value.as_deref(), base)?);
    }
    last.retain(|_, value| value.is_some());
    Ok(last)
}

fn shown(rows: &Whole) -> String {
    rows.iter().map(|(key, value)| format!("{key:?}={value:?}")).collect::<Vec<_>>().join("  ")
}
