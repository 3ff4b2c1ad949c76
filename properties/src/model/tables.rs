//! Tables: sources, views, joins, and their rows.

use std::collections::BTreeSet;

use super::{Message, Model, Row, holds, joined, mapped};
use crate::topology::{How, Id, Joiner, Op};
use crate::values::Datum;

impl Model<'_> {
    /// A source, or `to_table`: the last record of a key is its row, also if it is older.
    pub(super) fn table(&mut self, id: Id, message: Message) {
        if !message.key.is_some() {
            return self.drop_one();
        }
        let old = self.row(id, &message.key);
        self.remember(id, &message);
        self.forward(id, &Message { old: value_of(old), ..message });
    }

    /// A filtered or mapped table.
    pub(super) fn view(&mut self, id: Id, message: Message) {
        let input = self.topology.nodes[id].op.inputs()[0];
        let filters = matches!(self.topology.nodes[id].op, Op::Filter { .. });
        let value = self.through(id, &message.key, &message.value);
        let old = self.through(id, &message.key, &message.old);
        if self.topology.is_state(id) {
            let old = value_of(self.row(id, &message.key));
            // A store of its own tells what passed before.
            if filters && !value.is_some() && !old.is_some() {
                return;
            }
            let message = Message { value, old, ..message };
            self.remember(id, &message);
            return self.forward(id, &message);
        }
        if filters && self.has_rows[input] && !value.is_some() && !old.is_some() {
            return;
        }
        self.forward(id, &Message { value, old, ..message });
    }

    /// What a view makes of a row of its input.
    fn through(&self, id: Id, key: &Datum, value: &Datum) -> Datum {
        if !value.is_some() {
            return Datum::Null;
        }
        match self.topology.nodes[id].op {
            Op::Filter { test, not, .. } => value.clone().only_if(holds(test, key, value) != not),
            Op::MapValues { map, .. } => mapped(map, key, value),
            _ => Datum::Null,
        }
    }

    /// One side of a join of tables changes. `sides`: this one and the other.
    pub(super) fn join_tables(&mut self, id: Id, side: usize, sides: (Id, Id), join: (How, Joiner), message: Message) {
        let (how, joiner) = join;
        let other = self.row(sides.1, &message.key);
        let alone = match how {
            How::Inner => false,
            How::Left => side == 0,
            How::Outer => true,
        };
        let known = message.value.is_some() || message.old.is_some();
        if other.is_none() && !(alone && known) {
            return;
        }
        let there = other.as_ref().map_or(Datum::Null, |(value, _)| value.clone());
        let result = |own: &Datum| if side == 0 { pair(how, joiner, own, &there) } else { pair(how, joiner, &there, own) };
        let (value, mut old) = (result(&message.value), result(&message.old));
        if self.topology.is_state(id) {
            old = value_of(self.row(id, &message.key));
        }
        let ts = message.ts.max(other.map_or(-1, |(_, ts)| ts));
        let message = Message { value, old, ts, ..message };
        self.remember(id, &message);
        self.forward(id, &message);
    }

    /// The row of a key as it is now.
    pub(super) fn row(&self, id: Id, key: &Datum) -> Option<(Datum, i64)> {
        let last = || {
            let seen = self.history[id].iter().rev().map(|seen| &seen.message).find(|message| message.key == *key)?;
            seen.value.is_some().then(|| (seen.value.clone(), seen.ts))
        };
        match self.topology.nodes[id].op {
            Op::Table(..) | Op::ToTable { .. } | Op::GlobalTable(_) => last(),
            Op::Filter { stored: true, .. } | Op::MapValues { stored: true, .. } | Op::JoinTables { stored: true, .. } => last(),
            Op::Aggregate { windows: None, fold, .. } => self.folded(&self.history[id], fold, key),
            Op::GroupTable { fold, .. } => self.grouped(&self.history[id], fold, key),
            Op::Filter { input, .. } | Op::MapValues { input, .. } => {
                let (value, ts) = self.row(input, key)?;
                let value = self.through(id, key, &value);
                value.is_some().then_some((value, ts))
            }
            Op::JoinTables { input, other, how, joiner, .. } => {
                let (left, right) = (self.row(input, key), self.row(other, key));
                let ts = |row: &Option<(Datum, i64)>| row.as_ref().map_or(-1, |(_, ts)| *ts);
                let ts = ts(&left).max(ts(&right));
                let value = pair(how, joiner, &value_of(left), &value_of(right));
                value.is_some().then_some((value, ts))
            }
            _ => None,
        }
    }

    /// All rows of a store.
    pub(super) fn rows(&self, id: Id) -> Vec<Row> {
        if let Op::Aggregate { windows: Some(windows), fold, .. } = self.topology.nodes[id].op {
            return self.window_rows(id, windows, fold);
        }
        let keys: BTreeSet<Datum> = self.history[id].iter().map(|seen| seen.message.key.clone()).collect();
        keys.into_iter().filter_map(|key| self.row(id, &key).map(|(value, ts)| Row { key, value, ts })).collect()
    }
}

pub(super) fn value_of(row: Option<(Datum, i64)>) -> Datum {
    row.map_or(Datum::Null, |(value, _)| value)
}

/// What a join of tables makes of two rows.
fn pair(how: How, joiner: Joiner, left: &Datum, right: &Datum) -> Datum {
    let enough = match how {
        How::Inner => left.is_some() && right.is_some(),
        How::Left => left.is_some(),
        How::Outer => left.is_some() || right.is_some(),
    };
    joined(joiner, left, right).only_if(enough)
}
