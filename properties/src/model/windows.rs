//! Aggregations in tumbling, hopping and unlimited windows.

use std::collections::BTreeSet;

use super::aggregate::{initial, step};
use super::tables::value_of;
use super::{Message, Mistake, Model, Row, Seen};
use crate::topology::{Fold, Id, Windows};
use crate::values::Datum;

/// One update of one window.
struct Update<'h> {
    start: i64,
    message: &'h Message,
}

impl Model<'_> {
    pub(super) fn aggregate_windows(&mut self, id: Id, side: usize, windows: Windows, fold: Fold, message: Message) {
        if !message.key.is_some() {
            return self.drop_one();
        }
        let before = self.history[id].clone();
        let before_ms = window_time(&before, side, self.runs[id], windows);
        self.remember_side(id, side, &message);
        let now_ms = window_time(&self.history[id], side, self.runs[id], windows);
        for start in starts(windows, message.ts) {
            if self.is_late(windows, start, now_ms) {
                self.drop_one();
                continue;
            }
            let found = start > newest(&self.updates(&before, windows)).saturating_sub(retention(windows));
            let was = self.window_row(&before, windows, fold, &message.key, start).filter(|_| found);
            let is = self.window_row(&self.history[id], windows, fold, &message.key, start);
            if !windows.on_close {
                // A new row is said to have been the initial value.
                let old = if was.is_none() { initial(fold) } else { value_of(was.clone()) };
                let ts = was.map_or(message.ts, |(_, ts)| ts.max(message.ts));
                let key = windowed(windows, &message.key, start);
                self.forward(id, &Message { key, value: value_of(is), old, ts, ..message.clone() });
            }
        }
        if windows.on_close {
            let closed = |time_ms: i64| time_ms - windows.grace - windows.size;
            // After a restart those that are still in the store are sent again.
            let gone = if self.runs[id] > 0 { newest(&self.updates(&before, windows)).saturating_sub(retention(windows)) } else { -1 };
            let starts: BTreeSet<i64> = self.updates(&self.history[id], windows).iter().map(|update| update.start).collect();
            for start in starts.into_iter().filter(|start| *start > closed(before_ms).max(gone) && *start <= closed(now_ms)) {
                let keys: BTreeSet<Datum> = self.history[id].iter().map(|seen| seen.message.key.clone()).collect();
                for key in keys {
                    if let Some((value, ts)) = self.window_row(&self.history[id], windows, fold, &key, start) {
                        self.forward(id, &Message { key: windowed(windows, &key, start), value, old: Datum::Null, ts, ..message.clone() });
                    }
                }
            }
        }
    }

    fn is_late(&self, windows: Windows, start: i64, stream_time: i64) -> bool {
        self.mistake != Mistake::TakeLate && windows.size < i64::MAX && start + windows.size + windows.grace <= stream_time
    }

    /// All updates of windows that a history makes: each record, as long as its window was open when it came.
    fn updates<'h>(&self, history: &'h [Seen], windows: Windows) -> Vec<Update<'h>> {
        let mut updates = Vec::new();
        for (index, seen) in history.iter().enumerate() {
            let now_ms = window_time(&history[..=index], seen.side, seen.run, windows);
            for start in starts(windows, seen.message.ts).into_iter().filter(|start| !self.is_late(windows, *start, now_ms)) {
                updates.push(Update { start, message: &seen.message });
            }
        }
        updates
    }

    fn window_row(&self, history: &[Seen], windows: Windows, fold: Fold, key: &Datum, start: i64) -> Option<(Datum, i64)> {
        let updates = self.updates(history, windows);
        let mut row: Option<(Datum, i64)> = None;
        for (index, Update { message, .. }) in updates.iter().enumerate().filter(|(_, u)| u.start == start && u.message.key == *key) {
            // What is out of retention is not found any more.
            if start <= newest(&updates[..index]).saturating_sub(retention(windows)) {
                row = None;
            }
            let ts = row.as_ref().map_or(message.ts, |(_, ts)| (*ts).max(message.ts));
            // Null values are aggregated as well.
            let value = step(fold, key, &message.value, row.map(|(value, _)| value));
            row = value.is_some().then_some((value, ts));
        }
        row
    }

    /// The rows that are still in the store: by the start of the latest window.
    pub(super) fn window_rows(&self, id: Id, windows: Windows, fold: Fold) -> Vec<Row> {
        let updates = self.updates(&self.history[id], windows);
        let gone = newest(&updates).saturating_sub(retention(windows));
        let places: BTreeSet<(Datum, i64)> = updates.iter().map(|update| (update.message.key.clone(), update.start)).collect();
        let visible = places.into_iter().filter(|(_, start)| *start > gone);
        visible
            .filter_map(|(key, start)| {
                let (value, ts) = self.window_row(&self.history[id], windows, fold, &key, start)?;
                Some(Row { key: windowed(windows, &key, start), value, ts })
            })
            .collect()
    }
}

/// [`stream_time`] of an aggregation in windows: with results on close it outlives a restart, since up to when they were sent does.
pub(super) fn window_time(history: &[Seen], side: usize, run: usize, windows: Windows) -> i64 {
    if !windows.on_close {
        return stream_time(history, side, run);
    }
    history.iter().filter(|seen| seen.side == side).map(|seen| seen.message.ts).max().unwrap_or(-1)
}

/// The largest time that came with a key since the start. Each stream of a cogroup has its own.
fn stream_time(history: &[Seen], side: usize, run: usize) -> i64 {
    history.iter().filter(|seen| (seen.side, seen.run) == (side, run)).map(|seen| seen.message.ts).max().unwrap_or(-1)
}

/// The start of the latest window.
fn newest(updates: &[Update<'_>]) -> i64 {
    updates.iter().map(|update| update.start).max().unwrap_or(-1)
}

/// How long the store keeps a window after its start.
fn retention(windows: Windows) -> i64 {
    windows.retention.unwrap_or_else(|| windows.size.saturating_add(windows.grace))
}

/// The windows that contain a time, in order.
fn starts(windows: Windows, ts: i64) -> Vec<i64> {
    if windows.size == i64::MAX {
        return if ts >= windows.first { vec![windows.first] } else { vec![] };
    }
    (0..=ts).step_by(windows.advance.unsigned_abs() as usize).filter(|start| start + windows.size > ts).collect()
}

fn windowed(windows: Windows, key: &Datum, start: i64) -> Datum {
    match key {
        Datum::Text(key) => Datum::Window(key.clone(), start, start.saturating_add(windows.size)),
        other => other.clone(),
    }
}
