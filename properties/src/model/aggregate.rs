//! Aggregations without windows.

use super::tables::value_of;
use super::{Message, Mistake, Model, Seen, holds, mapped, new_key};
use crate::basket::Basket;
use crate::topology::{Base, Fold, Id, Map, NewKey, Test};
use crate::values::{Datum, combine, minus};

impl Model<'_> {
    /// `count`, `reduce` or `aggregate` of a stream.
    pub(super) fn aggregate(&mut self, id: Id, fold: Fold, message: Message) {
        if !message.key.is_some() || !message.value.is_some() {
            return self.drop_one();
        }
        let before = self.folded(&self.history[id], fold, &message.key);
        self.remember(id, &message);
        let after = self.folded(&self.history[id], fold, &message.key);
        // A new row is said to have been the initial value.
        let old = if before.is_none() { initial(fold) } else { value_of(before.clone()) };
        let ts = self.later(before.as_ref(), message.ts);
        self.forward(id, &Message { value: value_of(after), old, ts, ..message });
    }

    fn later(&self, before: Option<&(Datum, i64)>, ts: i64) -> i64 {
        match (self.mistake, before) {
            (Mistake::LastTime, _) | (_, None) => ts,
            (_, Some((_, before))) => ts.max(*before),
        }
    }

    /// The row that a history makes.
    pub(super) fn folded(&self, history: &[Seen], fold: Fold, key: &Datum) -> Option<(Datum, i64)> {
        let mut row: Option<(Datum, i64)> = None;
        for message in history.iter().map(|seen| &seen.message).filter(|message| message.key == *key) {
            let ts = self.later(row.as_ref(), message.ts);
            let value = step(fold, &message.key, &message.value, row.map(|(value, _)| value));
            row = value.is_some().then_some((value, ts));
        }
        row
    }

    /// `group_by` of a table: a change becomes one message, or, if the group changes, two.
    pub(super) fn regroup(&mut self, id: Id, by: NewKey, map: Option<Map>, message: &Message) {
        let input = self.topology.nodes[id].op.inputs()[0];
        if !message.latest && self.topology.is_versioned(input) {
            return;
        }
        let part = |value: &Datum| {
            let group = new_key(by, &message.key, value).only_if(value.is_some());
            let value =
                if value.is_some() { map.map_or_else(|| value.clone(), |map| mapped(map, &message.key, value)) } else { Datum::Null };
            (group, value)
        };
        let ((new_group, value), (old_group, old)) = (part(&message.value), part(&message.old));
        if message.value.is_some() && message.old.is_some() && new_group == old_group {
            return self.repartition(id, 0, Message { key: new_group, value, old, ..message.clone() });
        }
        if message.old.is_some() {
            self.repartition(id, 0, Message { key: old_group, value: Datum::Null, old, ..message.clone() });
        }
        if message.value.is_some() {
            self.repartition(id, 0, Message { key: new_group, value, old: Datum::Null, ..message.clone() });
        }
    }

    /// `count`, `reduce` or `aggregate` of a grouped table.
    pub(super) fn group(&mut self, id: Id, fold: Fold, message: Message) {
        let before = self.grouped(&self.history[id], fold, &message.key);
        self.remember(id, &message);
        let after = self.grouped(&self.history[id], fold, &message.key);
        let ts = self.later(before.as_ref(), message.ts);
        self.forward(id, &Message { value: value_of(after), old: value_of(before), ts, ..message });
    }

    /// The row that a history of changes makes.
    pub(super) fn grouped(&self, history: &[Seen], fold: Fold, key: &Datum) -> Option<(Datum, i64)> {
        let mut row: Option<(Datum, i64)> = None;
        for message in history.iter().map(|seen| &seen.message).filter(|message| message.key == *key) {
            let ts = self.later(row.as_ref(), message.ts);
            let mut value = value_of(row);
            if value.is_some() && message.old.is_some() {
                value = take_out(fold, &message.old, value);
            }
            if message.value.is_some() {
                value = step(fold, key, &message.value, Some(value).filter(Datum::is_some));
            }
            row = value.is_some().then_some((value, ts));
        }
        row
    }
}

/// What an aggregation starts from; nothing for `reduce`.
pub(super) fn initial(fold: Fold) -> Datum {
    match fold {
        Fold::Count | Fold::Aggregate(Base::Count, _) => Datum::Count(0),
        Fold::Reduce(_) => Datum::Null,
        Fold::Aggregate(Base::Text, _) => Datum::Text("*".to_owned()),
        Fold::Aggregate(Base::Long, _) => Datum::Long(0),
        Fold::Aggregate(Base::Basket, _) => Basket::of("*").into(),
    }
}

/// A row with one value more.
pub(super) fn step(fold: Fold, key: &Datum, value: &Datum, row: Option<Datum>) -> Datum {
    let kept = |null: Option<Test>| !null.is_some_and(|null| holds(null, key, value));
    match (fold, row) {
        (Fold::Count, Some(Datum::Count(n))) => Datum::Count(n + 1),
        (Fold::Count, _) => Datum::Count(1),
        (Fold::Reduce(_), None) => value.clone(),
        (Fold::Reduce(null), Some(row)) => combine(&row, value).only_if(kept(null)),
        (Fold::Aggregate(_, null), row) => combine(&row.unwrap_or_else(|| initial(fold)), value).only_if(kept(null)),
    }
}

/// Two rows in one, as sessions are merged.
pub(super) fn merge(fold: Fold, key: &Datum, row: Option<Datum>, other: &Datum) -> Datum {
    match (fold, row, other) {
        (Fold::Count, Some(Datum::Count(n)), Datum::Count(more)) => Datum::Count(n + more),
        (Fold::Aggregate(..), Some(row), other) => combine(&row, other),
        (_, row, other) => step(fold, key, other, row),
    }
}

/// A row with one value taken out.
fn take_out(fold: Fold, value: &Datum, row: Datum) -> Datum {
    match (fold, row) {
        // Kafka Streams would go below 0, where an initial value that was never added is taken out.
        (Fold::Count, Datum::Count(n)) => Datum::Count(n.saturating_sub(1)),
        (Fold::Aggregate(_, Some(null)), row) => minus(&row, value).only_if(!holds(null, &Datum::Null, value)),
        (_, row) => minus(&row, value),
    }
}
