//! Tables: sources, views, joins, and their rows.

use std::collections::BTreeSet;

use super::{Message, Model, Row, holds, joined, mapped};
use crate::topology::{Fold, How, Id, Joiner, Op, Rows, WindowKind, Windows};
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
        // Of versions that come in any order, what was there before says nothing about what was told.
        let filters = filters && !self.topology.is_versioned(input);
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
        if filters && self.gives_old[input] && !value.is_some() && !old.is_some() {
            return;
        }
        self.forward(id, &Message { value, old, ..message });
    }

    /// What a view makes of a row of its input.
    pub(super) fn through(&self, id: Id, key: &Datum, value: &Datum) -> Datum {
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
        if !message.latest && self.topology.is_versioned(sides.0) {
            return self.drop_one();
        }
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
        // A row that is made of two has no version of its own.
        self.forward(id, &Message { latest: true, ..message });
    }

    /// The row of a key as it is now.
    pub(super) fn row(&self, id: Id, key: &Datum) -> Option<(Datum, i64)> {
        let last = || {
            // Questions of a foreign-key join are no rows.
            let rows = self.history[id].iter().rev().map(|seen| &seen.message).filter(|message| message.asked.is_none());
            let seen = rows.into_iter().find(|message| message.key == *key)?;
            seen.value.is_some().then(|| (seen.value.clone(), seen.ts))
        };
        match self.topology.nodes[id].op {
            Op::Table(_, Rows::Versioned(history)) => self.version(id, history, key, i64::MAX),
            Op::Table(..) | Op::ToTable { .. } | Op::GlobalTable(_) => last(),
            Op::Filter { stored: true, .. } | Op::MapValues { stored: true, .. } | Op::JoinTables { stored: true, .. } => last(),
            Op::JoinForeign { stored: true, .. } => last(),
            Op::Aggregate { windows: Some(_), .. } | Op::Cogroup { windows: Some(_), .. } => {
                self.rows(id).into_iter().find(|row| row.key == *key).map(|row| (row.value, row.ts))
            }
            Op::Cogroup { windows: None, base, .. } => self.folded(&self.history[id], Fold::Aggregate(base, None), key),
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
        match self.topology.nodes[id].op {
            Op::Aggregate { windows: Some(windows), fold, .. } => return self.rows_in_windows(id, windows, fold),
            Op::Cogroup { windows: Some(windows), base, .. } => return self.rows_in_windows(id, windows, Fold::Aggregate(base, None)),
            Op::Table(_, Rows::Versioned(history)) => return self.versions(id, history),
            _ => {}
        }
        let keys: BTreeSet<Datum> = self.history[id].iter().map(|seen| seen.message.key.clone()).collect();
        keys.into_iter().filter_map(|key| self.row(id, &key).map(|(value, ts)| Row { key, value, ts })).collect()
    }

    fn rows_in_windows(&self, id: Id, windows: Windows, fold: Fold) -> Vec<Row> {
        match windows.kind {
            WindowKind::Time => self.window_rows(id, windows, fold),
            WindowKind::Sliding => self.sliding_rows(id, windows, fold),
            WindowKind::Session => self.session_rows(id, windows, fold),
        }
    }
}

pub(super) fn value_of(row: Option<(Datum, i64)>) -> Datum {
    row.map_or(Datum::Null, |(value, _)| value)
}

/// What a join of tables makes of two rows.
pub(super) fn pair(how: How, joiner: Joiner, left: &Datum, right: &Datum) -> Datum {
    let enough = match how {
        How::Inner => left.is_some() && right.is_some(),
        How::Left => left.is_some(),
        How::Outer => left.is_some() || right.is_some(),
    };
    joined(joiner, left, right).only_if(enough)
}
