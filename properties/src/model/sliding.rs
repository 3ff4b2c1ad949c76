//! Aggregations in sliding windows. Which ones there are when a record comes for which some are closed depends on the order of steps in which
//! Kafka Streams makes them, and is left to the recorded runs: there the model ends ([`Model::is_lost`]).

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate::step;
use super::{Message, Model, Row};
use crate::topology::{Fold, Id, Windows};
use crate::values::Datum;

impl Model<'_> {
    pub(super) fn aggregate_sliding(&mut self, id: Id, windows: Windows, fold: Fold, message: Message) {
        if !message.key.is_some() || !message.value.is_some() {
            return self.drop_one();
        }
        let before_ms = self.time_of(id);
        if message.ts <= closed_ms(windows, before_ms).saturating_add(windows.size).saturating_add(NEAR_MS) {
            self.lost = true;
        }
        if windows.on_close {
            self.remember(id, &message);
            return self.close_sliding(id, windows, fold, before_ms, &message);
        }
        let before = self.sliding(id, windows, fold, &message.key);
        self.remember(id, &message);
        let after = self.sliding(id, windows, fold, &message.key);
        let around = |start: i64| start <= message.ts && message.ts <= start + windows.size;
        for (start, (value, ts)) in after {
            if around(start) || !before.contains_key(&start) {
                let key = windowed(windows, &message.key, start);
                self.forward(id, &Message { key, value, old: Datum::Null, ts, ..message.clone() });
            }
        }
    }

    fn time_of(&self, id: Id) -> i64 {
        self.history[id].iter().map(|seen| seen.message.ts).max().unwrap_or(-1)
    }

    /// The windows that close, in the order of their times and keys.
    fn close_sliding(&mut self, id: Id, windows: Windows, fold: Fold, before_ms: i64, message: &Message) {
        let closes = closed_ms(windows, before_ms) + 1..closed_ms(windows, self.time_of(id)) + 1;
        let mut closed = BTreeMap::new();
        for key in self.keys_of(id) {
            let rows = self.sliding(id, windows, fold, &key).into_iter().filter(|(start, _)| closes.contains(start));
            closed.extend(rows.map(|(start, row)| ((start, key.clone()), row)));
        }
        for ((start, key), (value, ts)) in closed {
            let key = windowed(windows, &key, start);
            self.forward(id, &Message { key, value, old: Datum::Null, ts, ..message.clone() });
        }
    }

    fn keys_of(&self, id: Id) -> BTreeSet<Datum> {
        self.history[id].iter().map(|seen| seen.message.key.clone()).collect()
    }

    /// The windows of a key: those that end with a record, those that begin after one and are not empty, and one for the first times. Each
    /// holds all records that lie in it, in the order in which they came.
    fn sliding(&self, id: Id, windows: Windows, fold: Fold, key: &Datum) -> BTreeMap<i64, (Datum, i64)> {
        let records: Vec<&Message> = self.history[id].iter().map(|seen| &seen.message).filter(|message| message.key == *key).collect();
        let mut starts: Vec<i64> = records.iter().map(|record| (record.ts - windows.size).max(0)).collect();
        starts.extend(records.iter().map(|record| record.ts + 1));
        let mut rows = BTreeMap::new();
        for start in starts {
            let within = records.iter().filter(|record| start <= record.ts && record.ts <= start + windows.size);
            let mut row: Option<(Datum, i64)> = None;
            for record in within {
                let ts = row.as_ref().map_or(record.ts, |(_, ts)| (*ts).max(record.ts));
                row = Some((step(fold, key, &record.value, row.map(|(value, _)| value)), ts));
            }
            if let Some(row) = row {
                rows.insert(start, row);
            }
        }
        rows
    }

    pub(super) fn sliding_rows(&self, id: Id, windows: Windows, fold: Fold) -> Vec<Row> {
        let rows = self.keys_of(id).into_iter().flat_map(|key| {
            let row = move |(start, (value, ts))| (start, value, ts);
            self.sliding(id, windows, fold, &key).into_iter().map(row).map(move |(start, value, ts)| Row {
                key: windowed(windows, &key, start),
                value,
                ts,
            })
        });
        let rows: Vec<Row> = rows.collect();
        // What is out of retention is not found any more.
        let start = |row: &Row| if let Datum::Window(_, start, _) = row.key { start } else { 0 };
        let gone = rows.iter().map(start).max().unwrap_or(-1).saturating_sub(2 * windows.size + windows.grace);
        rows.into_iter().filter(|row| start(row) > gone).collect()
    }
}

/// How near to what is closed a record may come.
const NEAR_MS: i64 = 2;

/// The start of the last window that is closed at a time. Both ends belong to a window.
fn closed_ms(windows: Windows, time_ms: i64) -> i64 {
    time_ms.saturating_sub(windows.grace).saturating_sub(windows.size + 1)
}

fn windowed(windows: Windows, key: &Datum, start: i64) -> Datum {
    match key {
        Datum::Text(key) => Datum::Window(key.clone(), start, start + windows.size),
        other => other.clone(),
    }
}
