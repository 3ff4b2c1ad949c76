//! Aggregations in sliding windows, all of which are open: with windows that close, which ones there are depends on the order of steps in which
//! Kafka Streams makes them, and is left to the recorded runs.

use std::collections::BTreeMap;

use super::aggregate::step;
use super::{Message, Model, Row};
use crate::topology::{Fold, Id, Windows};
use crate::values::Datum;

impl Model<'_> {
    pub(super) fn aggregate_sliding(&mut self, id: Id, windows: Windows, fold: Fold, message: Message) {
        if !message.key.is_some() || !message.value.is_some() {
            return self.drop_one();
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
        let keys: std::collections::BTreeSet<Datum> = self.history[id].iter().map(|seen| seen.message.key.clone()).collect();
        let rows = keys.into_iter().flat_map(|key| {
            let row = move |(start, (value, ts))| (start, value, ts);
            self.sliding(id, windows, fold, &key).into_iter().map(row).map(move |(start, value, ts)| Row {
                key: windowed(windows, &key, start),
                value,
                ts,
            })
        });
        rows.collect()
    }
}

fn windowed(windows: Windows, key: &Datum, start: i64) -> Datum {
    match key {
        Datum::Text(key) => Datum::Window(key.clone(), start, start + windows.size),
        other => other.clone(),
    }
}
