//! Joins of two streams.

use super::{Message, Model, Seen, joined};
use crate::topology::{How, Id, Joiner, Within};
use crate::values::Datum;

/// A record that found no partner so far.
struct Waiting {
    ts: i64,
    side: usize,
    key: Datum,
    value: Datum,
}

/// What the last record of a history did.
#[derive(Default)]
struct Came {
    dropped: bool,
    results: Vec<Message>,
}

impl Model<'_> {
    pub(super) fn join_streams(&mut self, id: Id, side: usize, how: How, joiner: Joiner, within: Within, message: Message) {
        self.remember_side(id, side, &message);
        let came = joined_streams(&self.history[id], how, joiner, within);
        if came.dropped {
            self.drop_one();
        }
        for result in came.results {
            self.forward(id, &result);
        }
    }
}

/// The rules from the first record to the last.
fn joined_streams(history: &[Seen], how: How, joiner: Joiner, within: Within) -> Came {
    let retention = within.before + within.after + within.grace;
    // How far after a record of each side those of the other may come, and how far before.
    let (after, before) = ([within.after, within.before], [within.before, within.after]);
    let alone = [how != How::Inner, how == How::Outer];
    let mut stores: [Vec<&Message>; 2] = [Vec::new(), Vec::new()];
    let mut waiting: Vec<Waiting> = Vec::new();
    let (mut stream_time, mut oldest, mut last_run) = (-1, None::<i64>, 0);
    let mut came = Came::default();
    for Seen { message, side, run } in history {
        let (side, other) = (*side, 1 - *side);
        // After a restart the stores tell what there is and how late it was; left-out records are in none.
        if *run != std::mem::replace(&mut last_run, *run) {
            stream_time = stores.iter().flatten().map(|row| row.ts).max().unwrap_or(-1);
            oldest = waiting.iter().map(|row| row.ts).min();
        }
        came = Came::default();
        stream_time = stream_time.max(message.ts);
        let result = |value: &Datum, side: usize, partner: &Datum| {
            if side == 0 { joined(joiner, value, partner) } else { joined(joiner, partner, value) }
        };
        if !message.value.is_some() || !message.key.is_some() && !alone[side] {
            came.dropped = true;
            continue;
        }
        if !message.key.is_some() {
            came.results.push(Message { value: result(&message.value, side, &Datum::Null), ..message.clone() });
            continue;
        }
        stores[side].push(message);
        let may_close = oldest.is_some_and(|oldest| oldest + after[side] + within.grace < stream_time);
        if how != How::Inner && message.ts == stream_time && may_close {
            oldest = None;
            let (mut open, mut last) = ([false, false], None);
            // Right before left; the sort keeps the order of arrival.
            waiting.sort_by_key(|row| (row.ts, 1 - row.side, row.key.clone()));
            let mut kept = Vec::new();
            let mut rows = std::mem::take(&mut waiting).into_iter();
            for row in rows.by_ref() {
                oldest = Some(row.ts);
                // Those of one side, time and key are looked at together.
                let place = Some((row.ts, row.side, row.key.clone()));
                let again = std::mem::replace(&mut last, place.clone()) == place;
                if open == [true, true] && !again {
                    kept.push(row);
                    break;
                }
                if row.ts + after[row.side] + within.grace >= stream_time {
                    open[row.side] = true;
                    kept.push(row);
                } else {
                    let value = result(&row.value, row.side, &Datum::Null);
                    came.results.push(Message { key: row.key, value, ts: row.ts, ..message.clone() });
                }
            }
            kept.extend(rows);
            waiting = kept;
        }
        let newest = stores[other].iter().map(|row| row.ts).max().unwrap_or(-1);
        let meets = |row: &&&Message| {
            let visible = row.ts > newest - retention;
            visible && row.key == message.key && row.ts >= message.ts - before[side] && row.ts <= message.ts + after[side]
        };
        let mut partners: Vec<&Message> = stores[other].iter().filter(meets).copied().collect();
        partners.sort_by_key(|row| row.ts);
        for partner in &partners {
            waiting.retain(|row| !(row.side == other && row.key == partner.key && row.ts == partner.ts));
            let value = result(&message.value, side, &partner.value);
            came.results.push(Message { value, ts: message.ts.max(partner.ts), ..message.clone() });
        }
        if partners.is_empty() && alone[side] {
            if message.ts + after[side] < stream_time {
                came.results.push(Message { value: result(&message.value, side, &Datum::Null), ..message.clone() });
            } else {
                waiting.push(Waiting { ts: message.ts, side, key: message.key.clone(), value: message.value.clone() });
                oldest = Some(oldest.map_or(message.ts, |oldest| oldest.min(message.ts)));
            }
        }
    }
    came
}
