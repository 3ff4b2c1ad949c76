//! Nanoseconds per record of the record path alone: a task, batches in memory, a producer that throws everything away.
//!
//! `cargo run --release -p benches --bin record_path [-- records [part of a name]]`

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicPartition, TopicSlot};
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{Handlers, SharedProducer};

topology! {
    /// Bytes through.
    fn forward() -> Forwarded {
        let views: Stream<[u8], [u8]> = stream("in");
        views.to("out");
    }
}

topology! {
    /// Text in upper case.
    fn map_values() -> MapValues {
        let views: Stream<str, str> = stream("in");
        views.map_values(|v| v.to_ascii_uppercase()).to("out");
    }
}

topology! {
    /// Half of the records.
    fn filter() -> Filtered {
        let views: Stream<str, str> = stream("in");
        views.filter(|k, _| k.as_bytes().last().is_some_and(|b| b % 2 == 0)).to("out");
    }
}

topology! {
    /// Records per key.
    fn count() -> Counted {
        let views: Stream<str, str> = stream("in");
        let counts: Table<String, u64> = views.group_by_key().count();
        counts.to_stream().to("out");
    }
}

topology! {
    /// Records per key and minute, every 20 seconds.
    fn hopping_count() -> HoppingCounted {
        let views: Stream<str, str> = stream("in");
        let counts: Table<Windowed<String>, u64> =
            views.group_by_key().windowed_by(hopping(minutes(1), seconds(20)).grace(millis(0))).count();
        counts.to_stream().to("out");
    }
}

topology! {
    /// Records per key without a pause of ten seconds.
    fn session_count() -> SessionCounted {
        let views: Stream<str, str> = stream("in");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by_key().windowed_by(sessions(seconds(10)).grace(millis(0))).count().retention(minutes(1));
        counts.to_stream().to("out");
    }
}

struct Nothing;

impl Producer for Nothing {
    fn topic(&mut self, _: &str) -> Result<TopicSlot, BrokerError> {
        Ok(TopicSlot(0))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        4
    }
    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        std::hint::black_box(batch.len());
        Ok(())
    }
    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }
    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        Ok(Flushed::Done)
    }
    fn acknowledged_end(&self, _: TopicSlot, _: i32) -> Option<i64> {
        Some(1)
    }
}

const BATCH: usize = 2_000;
const KEYS: usize = 100_000;
/// Records between commits, as at half a million records per second.
const COMMIT: usize = 500_000;

fn fill(task: &mut Task, from: usize) {
    let input = &mut task.inputs_mut()[0];
    let Some(batch) = input.incoming() else { return };
    let mut value = [b'x'; 100];
    for n in from..from + BATCH {
        let key = format!("user-{:07}", n.wrapping_mul(2_654_435_761) % KEYS);
        value[n % 100] = b'a';
        // Ten thousand records in a second of their own time, as in the benchmark beside Kafka Streams.
        batch.push(NewRecord { key: Some(key.as_bytes()), value: Some(&value), timestamp_ms: n as i64 / 10, offset: n as i64 });
    }
    input.fetched((from + BATCH) as i64, None);
}

type Measured = Result<(), Box<dyn std::error::Error>>;

fn measure<T: Topology>(name: &str, topology: T, records: usize, cache_max_bytes: usize) -> Measured {
    let topology = Arc::new(topology);
    let plan = topology.plan();
    let producer: SharedProducer = Rc::new(RefCell::new(Box::new(Nothing)));
    let env = TaskEnv {
        application_id: "bench",
        id: TaskId { sub_topology: 0, partition: 0 },
        plan: &plan.sub_topologies[0],
        stores: &MemoryStores,
        globals: &GlobalStores::default(),
        directory: None,
        handlers: Handlers::default(),
        producer: Rc::clone(&producer),
        cache_max_bytes,
        wall_clock_ms: 0,
    };
    let mut b = TaskBuilder::new(&env);
    topology.build(0, &mut b);
    let mut task = b.finish()?;
    task.add_input(0, TopicPartition::new("in", 0), 0);
    task.init(0)?;
    let (mut processing, mut committing) = (Duration::ZERO, Duration::ZERO);
    for from in (0..records).step_by(BATCH) {
        fill(&mut task, from);
        let start = Instant::now();
        task.process(usize::MAX, i64::MAX, 0)?;
        processing += start.elapsed();
        if (from + BATCH).is_multiple_of(COMMIT) {
            let start = Instant::now();
            task.prepare_commit()?;
            task.finish_commit(&**producer.borrow())?;
            committing += start.elapsed();
        }
    }
    let per_record = |time: Duration| time.as_nanos() as f64 / records as f64;
    println!("{name:<24} {:>7.1} ns/record processing, {:>6.1} committing", per_record(processing), per_record(committing));
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let records = args.next().map_or(Ok(4_000_000), |n| n.parse())?;
    let only = args.next().unwrap_or_default();
    let cases: [(&str, &dyn Fn(&str) -> Measured); 9] = [
        ("forward", &|name| measure(name, forward(), records, 0)),
        ("map_values", &|name| measure(name, map_values(), records, 0)),
        ("filter", &|name| measure(name, filter(), records, 0)),
        ("count, cache 10 MiB", &|name| measure(name, count(), records, 10 << 20)),
        ("count, cache 64 MiB", &|name| measure(name, count(), records, 64 << 20)),
        ("count, no cache", &|name| measure(name, count(), records / 4, 0)),
        ("hopping, cache 10 MiB", &|name| measure(name, hopping_count(), records / 4, 10 << 20)),
        ("hopping, cache 256 MiB", &|name| measure(name, hopping_count(), records / 4, 256 << 20)),
        ("sessions, cache 10 MiB", &|name| measure(name, session_count(), records / 4, 10 << 20)),
    ];
    cases.iter().filter(|(name, _)| name.contains(&only)).try_for_each(|(name, case)| case(name))
}
