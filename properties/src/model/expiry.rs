//! Tables whose rows expire: by the stream time, which all parts of a topology share between two
//! records.

use super::{Message, Model, Place};
use crate::topology::{Id, Op, Rows};
use crate::values::Datum;

impl Model<'_> {
    /// The part that a record comes to; `None`: a global table, which belongs to none.
    pub(super) fn part_of(&self, place: Place) -> Option<Id> {
        let id = match place {
            Place::Before(id, _) | Place::Answers(id) => id,
            Place::Asks(id) => self.topology.nodes[id].op.inputs()[1],
            Place::Input(topic) => {
                self.readers_of(topic).into_iter().find(|id| !matches!(self.topology.nodes[*id].op, Op::GlobalTable(_)))?
            }
        };
        Some(self.parts[id])
    }

    /// The time of a record counts before the record does.
    pub(super) fn advance(&mut self, part: Option<Id>, ts: i64) {
        let Some(part) = part else { return };
        self.stream_time = self.stream_time.max(ts);
        self.expire(part);
    }

    /// When a record is done, the other parts hear of its time.
    pub(super) fn expire_elsewhere(&mut self, part: Option<Id>) {
        let mut others: Vec<Id> = self.parts.iter().copied().filter(|other| part.is_some_and(|part| part != *other)).collect();
        others.sort_unstable();
        others.dedup();
        others.into_iter().for_each(|other| self.expire(other));
    }

    /// A record is the row of its key, unless it has expired already: then it is a deletion.
    pub(super) fn expiring_table(&mut self, id: Id, ttl: i64, message: Message) {
        let due = message.ts + ttl;
        let expired = message.value.is_some() && due <= self.stream_time;
        self.table(id, if expired { Message { value: Datum::Null, ts: due, ..message } } else { message });
    }

    /// The rows that are due are deleted: by time, then by table, then by key.
    fn expire(&mut self, part: Id) {
        let mut due: Vec<(i64, Id, Datum, Datum)> = Vec::new();
        for id in (0..self.topology.nodes.len()).filter(|id| self.parts[*id] == part) {
            let Op::Table(_, Rows::Expiring(ttl)) = self.topology.nodes[id].op else { continue };
            due.extend(self.rows(id).into_iter().map(|row| (row.ts + ttl, id, row.key, row.value)));
        }
        due.retain(|(ts, ..)| *ts <= self.stream_time);
        due.sort();
        for (ts, id, key, old) in due {
            let message = Message { key, value: Datum::Null, old, ts, headers: Vec::new(), latest: true, asked: None };
            self.remember(id, &message);
            self.forward(id, &message);
        }
    }
}
