//! Counts heap allocations of the record path: in steady state a chain over values of fixed size makes none.
#![allow(unsafe_code)] // a counting allocator is a `GlobalAlloc`
#![allow(clippy::unwrap_used)] // tests

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicPartition, TopicSlot};
use streams_runtime::node::{Shared, Tee};
use streams_runtime::operators::{GraceNode, TableSource};
use streams_runtime::plan::{SourcePlan, SourceTopics, StoreKind, StorePlan, SubTopologyPlan, TopologyPlan};
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::stores::Order;
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::windows::{SessionWindows, SlidingWindows, TimeWindows};
use streams_runtime::{Handlers, SharedProducer};

#[path = "allocations/foreign_keys.rs"]
mod foreign_keys;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed to the system allocator unchanged; counting touches a thread-local without a destructor and does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: the caller's contract is the system allocator's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(ptr, layout) }
    }
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: as above.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Chain;

/// Two of them around every record.
const WINDOWS: TimeWindows = hopping(millis(2 * WINDOW_MS), millis(WINDOW_MS));
const WINDOW_MS: u64 = 1_000_000;
/// Each record comes again at a time that had one, so that its windows are there.
const SLIDING: SlidingWindows = sliding(millis(50)).grace(days(1));

/// Some ten records of each key around every record.
const NEAR: JoinWindows = within(millis(500));

/// The part whose closures take the context.
const CONTEXT: usize = 11;

/// The part with windows of one's own.
const OWN_WINDOWS: usize = 12;

/// [`WINDOWS`] by hand.
#[derive(Clone, Copy)]
struct ByHand;

impl CustomWindows for ByHand {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let size_ms = self.size_ms();
        let last_ms = time_ms - time_ms.rem_euclid(WINDOW_MS as i64);
        [last_ms - WINDOW_MS as i64, last_ms].map(|start_ms| Window { start_ms, end_ms: start_ms + size_ms })
    }

    fn size_ms(&self) -> i64 {
        2 * WINDOW_MS as i64
    }
}

/// Each record lengthens the session of its key.
const SESSIONS: SessionWindows = sessions(millis(500)).grace(days(1));

/// Puts each number into its window, and adds up what the key has had lately.
struct Recent;

impl FixedKeyProcessor<u64, i64> for Recent {
    type ValueOut = i64;
    type Stores = WindowState<u64, i64>;

    fn process<O: ForwardValue<i64>>(
        &mut self,
        record: Record<'_, u64, i64>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (st, window_ms) = (cx.stores, WINDOW_MS as i64);
        let start_ms = record.timestamp_ms - record.timestamp_ms % window_ms;
        cx.store(st).put(record.key, *record.value, start_ms)?;
        let mut sum = cx.store(st).fetch(record.key, start_ms)?.copied().unwrap_or_default();
        cx.store(st).visit_range(record.key, start_ms - window_ms, start_ms, Order::Descending, |_, value| {
            sum += value;
            ControlFlow::Continue(())
        })?;
        out.forward(cx, &sum);
        Ok(())
    }
}

impl Topology for Chain {
    fn plan(&self) -> TopologyPlan {
        let source =
            |name: &'static str| SourcePlan { name, topics: SourceTopics::Named(vec![name.into()]), offset_reset: None, partitions: None };
        let store = StorePlan::new("counts", StoreKind::KeyValue);
        let windows = StorePlan::new("windows", StoreKind::windows(&WINDOWS, None));
        let by_hand = StorePlan::new("windows", StoreKind::windows(&custom(ByHand), None));
        let held = StorePlan::new("held", StoreKind::Buffer);
        let slid = StorePlan::new("slid", StoreKind::windows(&SLIDING, None));
        let recent = StorePlan::new("recent", StoreKind::window_store(minutes(60), millis(WINDOW_MS)));
        let visits = StorePlan::new("visits", StoreKind::windows(&SESSIONS, None));
        let versions = StorePlan::new("versions", StoreKind::versioned_store(seconds(10)));
        let buffer = StorePlan::new("buffer", StoreKind::Buffer);
        let side = |name: &str| StorePlan::new(name, StoreKind::join_windows(&NEAR));
        TopologyPlan {
            name: "Chain",
            sub_topologies: vec![
                SubTopologyPlan { sources: vec![source("numbers")], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![store.clone()], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![windows], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![recent], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![slid], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![side("this"), side("other")], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![held], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![store], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![visits], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![versions.clone()], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![versions, buffer], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], ..Default::default() },
                SubTopologyPlan { sources: vec![source("numbers")], stores: vec![by_hand], ..Default::default() },
            ],
            global_tables: vec![],
        }
    }

    fn globals(&self, _: &mut GlobalStores) {}

    fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder<'_>) {
        let numbers: Stream<u64, i64> = Stream::handle();
        if sub_topology == CONTEXT {
            let (even, filter) = numbers.filter_with_cx(|_, v, cx| v % 2 == 0 && cx.headers().is_empty());
            let (placed, map_values) = even.map_values_with_cx(|v, cx| v + cx.offset() + cx.timestamp_ms());
            let node = map_values.attach(placed.to().attach(b, "placed"));
            numbers.source().attach(b, 0, "numbers", filter.attach(node));
            return;
        }
        if sub_topology == OWN_WINDOWS {
            let (windows, count) = numbers.group_by_key().windowed_by(custom(ByHand)).count();
            let (changes, to_stream) = windows.to_stream();
            let node = to_stream.attach(changes.to().attach(b, "windowed"));
            let node = count.attach(b, "windows", node);
            numbers.source().attach(b, 0, "numbers", node);
            return;
        }
        let (even, filter) = numbers.filter(|_, v| v % 2 == 0);
        let (doubled, map_values) = even.map_values(|v| v * 2);
        let to = doubled.to();
        let (counts, count) = numbers.group_by_key().count();
        let (changes, to_stream) = counts.to_stream();
        let to_counts = changes.to();
        let (windows, windowed_count) = numbers.group_by_key().windowed_by(WINDOWS).count();
        let (window_changes, windows_to_stream) = windows.to_stream();
        let to_windows = window_changes.to();
        let table: Table<u64, i64> = Table::handle();
        let (held, suppress) = table.suppress(until_time_limit(days(1)).max_records(1_000));
        let (held_changes, held_to_stream) = held.to_stream();
        let to_held = held_changes.to();
        if sub_topology == 6 {
            let node = to_held.attach(b, "left");
            let node = suppress.attach(b, "held", held_to_stream.attach(node));
            let source: TableSource<u64, i64> = TableSource::new(&table);
            source.records().source().attach(b, 0, "numbers", source.attach_plain("numbers", node));
            return;
        }
        let (slid, sliding_count) = numbers.group_by_key().windowed_by(SLIDING).count();
        let (slid_changes, slid_to_stream) = slid.to_stream();
        let to_slid = slid_changes.to();
        let (visits, session_count) = numbers.group_by_key().windowed_by(SESSIONS).count();
        let (visit_changes, visits_to_stream) = visits.to_stream();
        let to_visits = visit_changes.to();
        let (begun, first) = numbers.group_by_key().cogroup::<i64, _>(|_, n, sum| sum + n);
        let (begun, second) = begun.cogroup(&numbers.group_by_key(), |_, n, sum| sum - n);
        let (sums, cogrouped) = begun.aggregate(|| 0);
        let (sum_changes, sums_to_stream) = sums.to_stream();
        let to_sums = sum_changes.to();
        if sub_topology >= 9 {
            let (versions, to_table) = numbers.to_table();
            let (changes, to_stream) = versions.to_stream();
            let table = changes.to().attach(b, "changes");
            let table = to_table.attach(b, "versions", to_stream.attach(table));
            let rows = b.rows(&versions, "versions");
            let (sums, join) = numbers.join_table(&versions, |n, latest| n + latest);
            let node = sums.to().attach(b, "sums");
            let join = join.attach(&versions, rows, node);
            if sub_topology == 9 {
                numbers.source().attach(b, 0, "numbers", Tee(table, join));
            } else {
                let join = GraceNode::new(b, &numbers, "buffer", (seconds(1), ""), join);
                numbers.source().attach(b, 0, "numbers", Tee(table, join));
            }
        } else if sub_topology == 8 {
            let node = to_visits.attach(b, "visits");
            let node = session_count.attach(b, "visits", visits_to_stream.attach(node));
            numbers.source().attach(b, 0, "numbers", node);
        } else if sub_topology == 7 {
            let node = to_sums.attach(b, "sums");
            let node = Shared::new(cogrouped.attach(b, "counts", sums_to_stream.attach(node)));
            let both = Tee(first.attach(Shared::clone(&node)), second.attach(node));
            numbers.source().attach(b, 0, "numbers", both);
        } else if sub_topology == 5 {
            let (sums, join) = numbers.join_stream(&numbers, |l, r| l + r, NEAR);
            let node = sums.to().attach(b, "sums");
            let node = join.attach(b, "this", "other", None, node);
            numbers.source().attach(b, 0, "numbers", Tee(node.left(), node.right()));
        } else if sub_topology == 4 {
            let node = to_slid.attach(b, "slid");
            let node = sliding_count.attach(b, "slid", slid_to_stream.attach(node));
            numbers.source().attach(b, 0, "numbers", node);
        } else if sub_topology == 3 {
            let recent = b.window_store::<u64, i64>("recent");
            let (sums, process) = numbers.process_values(Recent, recent);
            let node = sums.to().attach(b, "sums");
            let node = process.attach(b, &numbers, node);
            numbers.source().attach(b, 0, "numbers", node);
        } else if sub_topology == 2 {
            let node = to_windows.attach(b, "windowed");
            let node = windowed_count.attach(b, "windows", windows_to_stream.attach(node));
            numbers.source().attach(b, 0, "numbers", node);
        } else if sub_topology == 0 {
            let node = to.attach(b, "doubled");
            numbers.source().attach(b, 0, "numbers", filter.attach(map_values.attach(node)));
        } else {
            let node = to_counts.attach(b, "counted");
            let node = count.attach(b, "counts", to_stream.attach(node));
            numbers.source().attach(b, 0, "numbers", node);
        }
    }
}

struct Sink;

impl Producer for Sink {
    fn topic(&mut self, _: &str) -> Result<TopicSlot, BrokerError> {
        Ok(TopicSlot(0))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        4
    }
    fn send(&mut self, _: &ProduceBatch) -> Result<(), BrokerError> {
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

const BATCH: u64 = 1_000;

fn feed(task: &mut Task, from: u64, time_ms: fn(u64) -> i64) {
    let input = &mut task.inputs_mut()[0];
    let batch = input.incoming().unwrap();
    for n in from..from + BATCH {
        let (key, value) = ((n % 100).to_be_bytes(), (n as i64).to_be_bytes());
        batch.push(NewRecord { key: Some(&key), value: Some(&value), timestamp_ms: time_ms(n), offset: n as i64 });
    }
    input.fetched((from + BATCH) as i64, None);
    task.process(usize::MAX, i64::MAX, 0).unwrap();
}

/// Allocations of processing 100,000 records after a warm-up, by sub-topology.
fn allocations_of(sub_topology: usize) -> u64 {
    allocations_at(sub_topology, |n| (WINDOW_MS + n) as i64)
}

fn allocations_at(sub_topology: usize, time_ms: fn(u64) -> i64) -> u64 {
    let topology = Arc::new(Chain);
    let plan = topology.plan();
    let producer: SharedProducer = Rc::new(RefCell::new(Box::new(Sink)));
    let env = TaskEnv {
        application_id: "app",
        id: TaskId { sub_topology, partition: 0 },
        plan: &plan.sub_topologies[sub_topology],
        stores: &MemoryStores,
        globals: &GlobalStores::default(),
        directory: None,
        handlers: Handlers::default(),
        producer,
        cache_max_bytes: 1 << 20,
        wall_clock_ms: 0,
    };
    let mut b = TaskBuilder::new(&env);
    topology.build(sub_topology, &mut b);
    let mut task = b.finish().unwrap();
    task.add_input(0, TopicPartition::new("numbers", 0), 0);
    task.init(0).unwrap();
    for round in 0..10 {
        feed(&mut task, round * BATCH, time_ms);
    }
    let before = ALLOCATIONS.with(Cell::get);
    for round in 10..110 {
        feed(&mut task, round * BATCH, time_ms);
    }
    let counted = ALLOCATIONS.with(Cell::get) - before;
    assert!(task.metrics().records_in == 110 * BATCH);
    counted
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.with(Cell::get);
    drop(std::hint::black_box(Box::new(7)));
    assert_eq!(ALLOCATIONS.with(Cell::get) - before, 1);
}

#[test]
fn filter_and_map_values_allocate_nothing() {
    assert_eq!(allocations_of(0), 0);
}

#[test]
fn closures_that_read_the_context_allocate_nothing() {
    assert_eq!(allocations_of(CONTEXT), 0);
}

#[test]
fn count_in_memory_allocates_nothing_between_commits() {
    assert_eq!(allocations_of(1), 0);
}

#[test]
fn a_windowed_count_in_memory_allocates_nothing_once_its_windows_are_there() {
    assert_eq!(allocations_of(2), 0);
}

#[test]
fn windows_of_ones_own_allocate_what_they_say_themselves() {
    assert_eq!(allocations_of(OWN_WINDOWS), 0);
}

#[test]
fn changes_of_keys_that_wait_allocate_nothing() {
    assert_eq!(allocations_of(6), 0);
}

#[test]
fn a_join_of_streams_in_memory_allocates_nothing_once_as_many_records_are_there_as_its_windows_hold() {
    assert_eq!(allocations_of(5), 0);
}

#[test]
fn a_sliding_count_in_memory_allocates_nothing_once_its_windows_are_there() {
    assert_eq!(allocations_at(4, |n| (WINDOW_MS + n % BATCH) as i64), 0);
}

#[test]
fn a_processor_with_a_window_store_allocates_nothing_once_its_windows_are_there() {
    assert_eq!(allocations_of(3), 0);
}

#[test]
fn a_session_count_in_memory_allocates_the_key_of_its_row_for_each_step_of_a_session() {
    // Also the nodes of the trees that order the sessions, and what grows now and then.
    let (records, counted) = (100 * BATCH, allocations_of(8));
    assert!(counted <= records + records / 4, "{counted}");
}

#[test]
fn a_cogroup_in_memory_allocates_nothing_between_commits() {
    assert_eq!(allocations_of(7), 0);
}

#[test]
fn a_join_with_a_history_allocates_the_key_of_a_row_for_each_version() {
    // Also what grows now and then: the list of a key's versions, the tree of what leaves the history, what waits for the commit.
    let (records, counted) = (100 * BATCH, allocations_of(9));
    assert!(counted <= records + records / 20, "{counted}");
}

#[test]
fn a_record_that_waits_for_a_table_allocates_its_key_and_its_value() {
    let (records, counted) = (100 * BATCH, allocations_of(10) - allocations_of(9));
    // With the nodes of the tree that orders them.
    assert!(counted <= 2 * records + records / 2, "{counted}");
}
