//! `suppress` of a table: changes that are held back, so that fewer leave.

mod rows;
mod until;

pub use rows::SuppressedRows;
pub use until::{
    LimitedUntilWindowCloses, Orders, Rule, Suppression, UntilTimeLimit, UntilWindowCloses, until_time_limit, until_window_closes,
};

use std::marker::PhantomData;

use super::{AllBytes, InWindows, KeyFormat};
use crate::codec::buffered::Buffered;
use crate::codec::{Codec, Encoded, Held, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::processor::{ScheduleId, ScheduleKind};
use crate::stores::StoreError;
use crate::stores::buffer::BufferStore;
use crate::stores::handle::Place;
use crate::task::TaskBuilder;

impl<K, V> Table<K, V> {
    /// Holds changes back, so that of several of a key only the last one leaves: until the key's window closes, or until a time limit is over.
    ///
    /// Kafka Streams: `KTable.suppress`. The stream time is the largest timestamp of the changes that reached it. A key enters the buffer with
    /// the timestamp of its first change, or with the end of its window; later changes replace the value, its timestamp and its headers,
    /// but not that time. After each change those keys leave whose time has come, in the order of their times and then of the bytes of the keys. It is
    /// records that move the stream time: without them nothing leaves, unless `.flush_after(…)` says so. With `until_window_closes()`
    /// deletions do not leave. The value before a change that leaves is that before the last change which came, as Kafka Streams has it: a
    /// grouping that follows does not take back what it was given at the time before that.
    ///
    /// Of a sliding window or a session there may be a second result at the edge: see [`until_window_closes`]. Windows with
    /// `.emit_on_close()` need no `until_window_closes()`: there the stream time would move with results only, and each would wait for that
    /// of a later window.
    ///
    /// The buffer has a name, that of the `let` or `.named("…")`, and a changelog; after a restart it is as it was, and the stream time begins anew.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn views() -> Views {
    ///         let input: Stream<String, String> = stream("views");
    ///         let per_page: Table<Windowed<String>, u64> =
    ///             input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(20))).count();
    ///         let closed = per_page.suppress(until_window_closes());
    ///         closed.to_stream().map(|page, n| (page.key.clone(), *n)).to("views-per-page");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(views())?;
    /// let views = driver.input::<str, str>("views")?;
    /// for at_ms in [30, 40, 110] {
    ///     views.pipe_at("home", "ada", at_ms)?;
    /// }
    /// let counts = driver.output::<String, Option<u64>>("views-per-page");
    /// assert!(counts.is_empty());
    /// // At 120 the first window closes.
    /// views.pipe_at("home", "bob", 120)?;
    /// assert_eq!(counts.read_pairs(), [("home".to_owned(), Some(2))]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    // The operator is inferred from the bound, so that a mistake in the argument is one error.
    pub fn suppress<S, J>(&self, until: S) -> (Table<K, V>, J)
    where
        S: Suppression,
        S: Suppression<Operator<Suppress<K, V, S, AllBytes>> = J>,
    {
        (Table::handle(), S::op(Suppress { until, keys: AllBytes, node: "suppress", types: PhantomData }))
    }
}

/// The operator before it is attached to what follows.
pub struct Suppress<K, V, S, E> {
    until: S,
    keys: E,
    node: &'static str,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V, S: Copy, E: Clone> Clone for Suppress<K, V, S, E> {
    fn clone(&self) -> Self {
        Suppress { until: self.until, keys: self.keys.clone(), node: self.node, types: PhantomData }
    }
}

/// What can close: the windows of a table's keys.
pub trait Closing {
    /// How long after its end a window closes; `None` if there are no windows, or they never close.
    fn closes_after_ms(&self) -> Option<i64>;
}

impl Closing for AllBytes {
    fn closes_after_ms(&self) -> Option<i64> {
        None
    }
}

impl Closing for InWindows {
    fn closes_after_ms(&self) -> Option<i64> {
        self.final_after_ms()
    }
}

impl<K, V, S, E> Suppress<K, V, S, E> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// The keys of the table are in windows.
    pub fn in_windows(self, keys: InWindows) -> Suppress<K, V, S, InWindows> {
        Suppress { until: self.until, keys, node: self.node, types: PhantomData }
    }

    /// The rows of the table as it has left so far.
    pub fn rows<G: Clone>(&self, b: &mut TaskBuilder<'_>, name: &str, rows: &G) -> SuppressedRows<V, G>
    where
        V: Held,
    {
        SuppressedRows::new(b.buffer(name), name, rows.clone())
    }

    /// Makes the node, with the buffer `name`, that hands its results to `next`.
    pub fn attach<N, J>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> J
    where
        K: StreamData<Stored = K> + 'static,
        V: Held,
        S: Orders<K, E, Node<SuppressNode<K, V, S, E, N>> = J>,
        E: KeyFormat<K> + Closing,
    {
        let rule = self.until.rule(self.keys.closes_after_ms());
        if rule.is_none() {
            let problem = "`suppress(until_window_closes())` would never let anything go: the windows never close".to_owned();
            b.window_problem(name, problem);
        }
        let buffer = b.buffer(name);
        S::node(SuppressNode {
            buffer,
            name: name.to_owned(),
            // A task with a problem does not run.
            rule: rule.unwrap_or(Rule::NEVER),
            stream_time_ms: -1,
            number: b.next_node(),
            schedule: None,
            codec: self.keys.codec(),
            slot: Default::default(),
            key: Vec::new(),
            op: self,
            next,
        })
    }
}

/// The operator at work.
pub struct SuppressNode<K, V, S, E, N>
where
    K: StreamData,
    V: Held,
{
    buffer: Place<BufferStore<V>>,
    name: String,
    rule: Rule,
    stream_time_ms: i64,
    /// Of the node, for its schedule.
    number: usize,
    /// When the wall clock may let something go.
    schedule: Option<ScheduleId>,
    codec: K::Codec,
    slot: <K::Codec as Codec<K>>::Slot,
    /// Of the change that came, or that leaves.
    key: Vec<u8>,
    op: Suppress<K, V, S, E>,
    next: N,
}

impl<K, V, S, E, N> SuppressNode<K, V, S, E, N>
where
    K: StreamData<Stored = K> + 'static,
    V: Held,
    S: Orders<K, E>,
    N: PushChange<K, V>,
{
    fn take_in(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        self.key.clear();
        match self.codec.encode(key, &mut self.key) {
            Ok(Encoded::Bytes) => {}
            Ok(Encoded::Null) => {
                return cx.drop_record(&self.name, DropReason::NullKey);
            }
            Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
        }
        let time_ms = self.op.until.time_ms(key, cx.timestamp_ms);
        let Context { stores, record, .. } = &mut *cx;
        let put = stores.get(self.buffer).put(&self.key, (time_ms, record.wall_clock_ms), |row, is_new| {
            row.origin.timestamp_ms = record.timestamp_ms;
            row.origin.cause.assign(&record.cause);
            row.origin.headers.clone_from(&record.headers);
            if is_new {
                row.prior = old.cloned();
            }
            replace(&mut row.old, old);
            replace(&mut row.new, new);
        });
        put.or_else(|error| cx.store_refused(&self.name, error))
    }

    /// Lets go what has waited long enough, and what there is no place for.
    fn let_go(&mut self, cx: &mut Context) -> Flow {
        let due_ms = self.stream_time_ms.saturating_sub(self.rule.wait_ms);
        while cx.stores.get(self.buffer).first_ms().is_some_and(|first_ms| first_ms <= due_ms) {
            self.let_first_go(cx)?;
        }
        while self.is_full(cx) {
            if self.rule.limits.shuts_down {
                return Err(self.full(cx));
            }
            self.let_first_go(cx)?;
        }
        Ok(())
    }

    #[inline]
    fn is_full(&self, cx: &mut Context) -> bool {
        let buffer = cx.stores.get(self.buffer);
        buffer.len() > self.rule.limits.max_records || buffer.bytes() > self.rule.limits.max_bytes
    }

    #[cold]
    fn full(&self, cx: &mut Context) -> Box<crate::error::TaskError> {
        let buffer = cx.stores.get(self.buffer);
        let limit = |limit: usize| if limit == usize::MAX { "any number".to_owned() } else { limit.to_string() };
        let problem = format!(
            "the buffer is full: {} records of {}, {} bytes of {}",
            buffer.len(),
            limit(self.rule.limits.max_records),
            buffer.bytes(),
            limit(self.rule.limits.max_bytes)
        );
        cx.error(ErrorKind::Store, self.op.node, problem.into())
    }

    fn let_first_go(&mut self, cx: &mut Context) -> Flow {
        let taken = cx.stores.get(self.buffer).take_first(&mut self.key);
        self.hand_on(taken, cx)
    }

    /// Hands a change on that was taken out, with its own time, headers and place.
    fn hand_on(&mut self, taken: Result<Option<Buffered<V>>, StoreError>, cx: &mut Context) -> Flow {
        let Some(Buffered { mut origin, old, new, .. }) = taken.map_err(|e| cx.store_error(&self.name, e))? else { return Ok(()) };
        if new.is_none() && self.rule.drops_deletions {
            return Ok(());
        }
        let key = match self.codec.decode(Some(&self.key), &mut self.slot) {
            Ok(key) => key,
            Err(e) => return Err(cx.error(ErrorKind::Store, &self.name, e.into())),
        };
        cx.exchange(&mut origin);
        let flow = self.next.change(key, new.as_ref(), old.as_ref(), cx);
        cx.exchange(&mut origin);
        flow
    }

    /// Sees to it that the wall clock is looked at when the key that is there longest has waited long enough.
    #[inline]
    fn watch_the_clock(&mut self, cx: &mut Context) {
        if let Some(flush_after_ms) = self.rule.limits.flush_after_ms
            && self.schedule.is_none()
            && let Some(first_ms) = cx.stores.get(self.buffer).first_arrival_ms()
        {
            let due_ms = first_ms.saturating_add(flush_after_ms);
            // Each is for one time.
            self.schedule = Some(cx.schedules.add_from(self.number, ScheduleKind::WallClock, due_ms, i64::MAX));
        }
    }

    /// The wall clock has moved on.
    fn flush_late(&mut self, now_ms: i64, cx: &mut Context) -> Flow {
        if let Some(schedule) = self.schedule.take() {
            cx.schedules.cancel(schedule);
        }
        let Some(flush_after_ms) = self.rule.limits.flush_after_ms else { return Ok(()) };
        let due = cx.stores.get(self.buffer).arrived_until(now_ms.saturating_sub(flush_after_ms));
        for place in due.map_err(|e| cx.store_error(&self.name, e))? {
            let taken = cx.stores.get(self.buffer).take_at(&place, &mut self.key);
            self.hand_on(taken, cx)?;
        }
        self.watch_the_clock(cx);
        Ok(())
    }
}

/// Puts a copy into a place, whose memory is used again.
fn replace<V: Clone>(place: &mut Option<V>, value: Option<&V>) {
    match (place.as_mut(), value) {
        (Some(place), Some(value)) => place.clone_from(value),
        (_, value) => *place = value.cloned(),
    }
}

impl<K, V, S, E, N> Node for SuppressNode<K, V, S, E, N>
where
    K: StreamData<Stored = K> + 'static,
    V: Held,
    S: Orders<K, E>,
    N: PushChange<K, V>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        match signal {
            Signal::Init => {
                let limits = self.rule.limits;
                let opened = cx.stores.get(self.buffer).open(limits.counts_bytes(), limits.flush_after_ms.is_some());
                opened.map_err(|e| cx.store_error(&self.name, e))?;
                self.watch_the_clock(cx);
            }
            Signal::Punctuate(due) => {
                if let Some(due) = due.take_if(|due| due.node == self.number) {
                    return self.flush_late(due.time_ms, cx);
                }
            }
            Signal::Flush | Signal::Expired(_) | Signal::Close => {}
        }
        self.next.signal(signal, cx)
    }
}

impl<K, V, S, E, N> PushChange<K, V> for SuppressNode<K, V, S, E, N>
where
    K: StreamData<Stored = K> + 'static,
    V: Held,
    S: Orders<K, E>,
    N: PushChange<K, V>,
{
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        self.stream_time_ms = self.stream_time_ms.max(cx.timestamp_ms);
        self.take_in(key, new, old, cx)?;
        self.let_go(cx)?;
        self.watch_the_clock(cx);
        Ok(())
    }
}
