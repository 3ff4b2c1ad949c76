//! Topologies whose results are sets of ids, so that what is done twice cannot be told from what is
//! done once, and what is lost can.

use std::cell::Cell;
use std::collections::BTreeSet;

use streams_runtime::BoxError;
use streams_runtime::prelude::*;

thread_local! {
    /// Whether the application of the run that this thread does is mended.
    static MENDED: Cell<bool> = const { Cell::new(false) };
}

/// A record that cannot be sent on before the application is mended.
pub(crate) const POISON: &str = "poison";

/// The error that it fails with.
pub(crate) const POISONED: &str = "this set cannot be sent yet";

pub(crate) fn set_mended(is_mended: bool) {
    MENDED.set(is_mended);
}

pub(crate) fn union(one: &str, other: &str) -> String {
    let ids: BTreeSet<&str> = one.split(',').chain(other.split(',')).filter(|id| !id.is_empty()).collect();
    ids.into_iter().collect::<Vec<_>>().join(",")
}

/// The group of an id such as `i17`.
pub(crate) fn group_of(id: &str) -> String {
    let number: u64 = id.trim_start_matches('i').parse().unwrap_or(0);
    format!("g{}", number % 7)
}

topology! {
    /// Sets of what came for a key, and each record as it is.
    pub(crate) fn sets() -> Sets {
        let input: Stream<String, String> = stream("in");
        let seen: Table<String, String> = input.group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
        input.to("copies");
    }

    /// The same behind a repartition topic.
    pub(crate) fn moved() -> Moved {
        let input: Stream<String, String> = stream("in");
        let grouped = input.select_key(|_, id| group_of(id)).group_by_key();
        let seen: Table<String, String> = grouped.reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
    }

    /// The same in windows, sent once when they close.
    pub(crate) fn closed() -> Closed {
        let input: Stream<String, String> = stream("in");
        let windows = input.group_by_key().windowed_by(tumbling(seconds(5)).grace(millis(0)));
        let seen: Table<Windowed<String>, String> = windows.reduce(|set, id| union(set, id));
        let whole = seen.suppress(until_window_closes());
        whole.to_stream().map(|key, set| (format!("{}@{}", key.key, key.window.start_ms), set.clone())).to("out");
    }

    /// The same without a buffer.
    pub(crate) fn on_close() -> OnClose {
        let input: Stream<String, String> = stream("in");
        let windows = input.group_by_key().windowed_by(tumbling(seconds(5)).grace(seconds(2))).emit_on_close();
        let seen: Table<Windowed<String>, String> = windows.reduce(|set, id| union(set, id));
        seen.to_stream().map(|key, set| (format!("{}@{}", key.key, key.window.start_ms), set.clone())).to("out");
    }

    /// Records that find a row of a table.
    pub(crate) fn found() -> Found {
        let input: Stream<String, String> = stream("in");
        let rows: Table<String, String> = table("rows");
        let seen: Table<String, String> = input.join(rows, |id, _| id.clone()).group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
    }

    /// Rows of two tables.
    pub(crate) fn tables() -> Tables {
        let left: Table<String, String> = table("in");
        let right: Table<String, String> = table("rows");
        let both: Table<String, String> = left.outer_join(right, |l, r| either(l, r));
        both.to_stream().to("out");
    }

    /// Records of two streams that come at about the same time, or alone when their window is over.
    pub(crate) fn streams() -> Streams {
        let left: Stream<String, String> = stream("in");
        let right: Stream<String, String> = stream("rows");
        let both = left.outer_join(right, |l, r| either(l, r), within(seconds(100)).grace(seconds(1)));
        both.to("out");
    }

    /// Rows that point to rows of another table.
    pub(crate) fn foreign() -> Foreign {
        let orders: Table<String, String> = table("in");
        let users: Table<String, String> = table("rows");
        let joined: Table<String, String> = orders.left_join(users, |order| user_of(order), |order, user| either(Some(order), user));
        joined.to_stream().to("out");
    }

    /// A store of one's own, which is told by the wall clock.
    pub(crate) fn told() -> Told {
        let input: Stream<String, String> = stream("in");
        let sets: KeyValueStore<String, String> = key_value_store();
        let told: Stream<String, String> = input.process(Teller, sets);
        told.to("out");
    }

    /// Sets, of which one cannot be sent before the application is mended.
    pub(crate) fn poisoned() -> Poisoned {
        let input: Stream<String, String> = stream("in");
        let seen: Table<String, String> = input.group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream()
            .try_map_values(|set| match set {
                Some(set) if set.contains(POISON) && !MENDED.get() => Err(POISONED),
                set => Ok(set.clone()),
            })
            .to("out");
    }
}

fn either(one: Option<&String>, other: Option<&String>) -> String {
    union(one.map_or("", String::as_str), other.map_or("", String::as_str))
}

/// The key of the row that an order such as `i7,k2` points to.
fn user_of(order: &str) -> String {
    order.rsplit(',').next().unwrap_or_default().to_owned()
}

/// Keeps a set for each key, and tells all of them now and then.
pub(crate) struct Teller;

impl Processor<String, String> for Teller {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.schedule(ScheduleKind::WallClock, 300);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        let before = cx.store(cx.stores).get(record.key)?.cloned().unwrap_or_default();
        Ok(cx.store(cx.stores).put(record.key, union(&before, record.value))?)
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        _: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        for (key, set) in cx.store(cx.stores).all()? {
            out.forward(cx, &key, &set);
        }
        Ok(())
    }
}
