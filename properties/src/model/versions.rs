//! Tables with a history.

use std::collections::BTreeSet;

use super::{Message, Model, Row};
use crate::run::asked;
use crate::topology::{Id, Op};
use crate::values::Datum;

impl Model<'_> {
    /// A source whose rows are kept as of all times within a history: what is older than that is refused.
    pub(super) fn versioned_table(&mut self, id: Id, history: i64, message: Message) {
        if !message.key.is_some() {
            return self.drop_one();
        }
        if message.ts < self.newest_version(id) - history {
            return self.drop_one();
        }
        let old = self.version(id, history, &message.key, i64::MAX);
        let of_key = self.history[id].iter().map(|seen| &seen.message).filter(|seen| seen.key == message.key);
        let latest = of_key.map(|seen| seen.ts).max().is_none_or(|latest| message.ts >= latest);
        self.remember(id, &message);
        if latest && self.is_without_trace(id, &message) {
            // The time stays that of the store.
            self.history[id].retain(|seen| (&seen.message.key, seen.message.ts) != (&message.key, message.ts));
            self.remember(id, &Message { key: Datum::Null, ..message.clone() });
        }
        self.forward(id, &Message { old: super::tables::value_of(old), latest, ..message });
    }

    /// Whether a value is taken back at its own time, as if it had never been: unless another one ended then.
    fn is_without_trace(&self, id: Id, message: &Message) -> bool {
        let of_key: Vec<&Message> = self.history[id].iter().map(|seen| &seen.message).filter(|seen| seen.key == message.key).collect();
        let of_time: Vec<_> = of_key.iter().filter(|seen| seen.ts == message.ts).collect();
        let before = of_key.iter().filter(|seen| seen.ts < message.ts).max_by_key(|seen| seen.ts);
        let deletions = of_time.iter().filter(|seen| !seen.value.is_some()).count();
        !message.value.is_some() && deletions == 1 && of_time.len() > 1 && before.is_none_or(|before| !before.value.is_some())
    }

    /// The largest time that was put.
    fn newest_version(&self, id: Id) -> i64 {
        self.history[id].iter().map(|seen| seen.message.ts).max().unwrap_or(-1)
    }

    /// The version of a key that was valid at a time; what is asked of the time before the history is told by the latest version alone.
    pub(super) fn version(&self, id: Id, history: i64, key: &Datum, time_ms: i64) -> Option<(Datum, i64)> {
        let of_key: Vec<&Message> = self.history[id].iter().map(|seen| &seen.message).filter(|seen| seen.key == *key).collect();
        let newest = of_key.iter().map(|seen| seen.ts).max()?;
        let before_history = time_ms < self.newest_version(id) - history;
        let valid = of_key.iter().filter(|seen| seen.ts <= time_ms && (!before_history || seen.ts == newest));
        // Of those of one time the last that came.
        let version = valid.max_by_key(|seen| seen.ts)?;
        version.value.is_some().then(|| (version.value.clone(), version.ts))
    }

    /// The row of a key as it was at a time; of tables without a history, as it is.
    pub(super) fn row_as_of(&self, id: Id, key: &Datum, time_ms: i64) -> Option<(Datum, i64)> {
        match self.topology.nodes[id].op {
            _ if !self.topology.is_versioned(id) => self.row(id, key),
            Op::Table(_, crate::topology::Rows::Versioned(history)) => self.version(id, history, key, time_ms),
            Op::Filter { input, .. } | Op::MapValues { input, .. } => {
                let (value, ts) = self.row_as_of(input, key, time_ms)?;
                let value = self.through(id, key, &value);
                value.is_some().then_some((value, ts))
            }
            _ => None,
        }
    }

    /// What the store tells of each key as of the times that are asked, and at last.
    pub(super) fn versions(&self, id: Id, history: i64) -> Vec<Row> {
        let keys: BTreeSet<Datum> = self.history[id].iter().map(|seen| seen.message.key.clone()).filter(Datum::is_some).collect();
        let mut rows = Vec::new();
        for key in keys {
            let versions = asked().chain([i64::MAX]).filter_map(|time_ms| self.version(id, history, &key, time_ms));
            rows.extend(versions.map(|(value, ts)| Row { key: key.clone(), value, ts }));
        }
        rows.dedup();
        rows
    }
}
