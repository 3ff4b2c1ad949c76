//! Joins of two tables by a foreign key: the left side asks for rows of the right, and is answered, each through a topic.

use std::collections::BTreeSet;

use super::tables::{pair, value_of};
use super::{Asked, Message, Model, Place, new_key};
use crate::topology::{How, Id, Op};
use crate::values::Datum;

/// What the left side asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The row is not wanted any more.
    Leave,
    /// Nor is any other.
    LeaveAndTell,
    /// The row, or that there is none.
    Tell,
    /// The row, if there is one.
    TellIfThere,
}

impl Model<'_> {
    pub(super) fn join_foreign(&mut self, id: Id, side: usize, message: Message) {
        let Op::JoinForeign { input, other, key, how, .. } = self.topology.nodes[id].op else { return };
        if !message.latest && self.topology.is_versioned(if side == 0 { input } else { other }) {
            return self.drop_one();
        }
        if side > 0 {
            return self.right_changes(id, &message);
        }
        let foreign = |value: &Datum| new_key(key, &message.key, value).only_if(value.is_some());
        let (new, old) = (foreign(&message.value), foreign(&message.old));
        let mut asks: Vec<(&Datum, What)> = Vec::new();
        let is_there = message.value.is_some();
        match how {
            How::Inner if !is_there => asks.extend(old.is_some().then_some((&old, What::LeaveAndTell))),
            How::Inner if !new.is_some() => {
                self.drop_one();
                asks.extend(old.is_some().then_some((&old, What::LeaveAndTell)));
            }
            How::Inner if !old.is_some() || old == new => asks.push((&new, What::TellIfThere)),
            _ if !is_there && !message.old.is_some() => {}
            _ => {
                if old.is_some() && old != new {
                    asks.push((&old, What::Leave));
                }
                asks.push((&new, What::Tell));
            }
        }
        for (foreign, what) in asks {
            let asked = Some(Asked { left_key: message.key.clone(), left: message.value.clone(), what });
            self.enqueue(Place::Asks(id), Message { key: foreign.clone(), asked, ..message.clone() });
        }
    }

    /// The right side is asked.
    pub(super) fn answer(&mut self, id: Id, message: Message) {
        let Op::JoinForeign { other, .. } = self.topology.nodes[id].op else { return };
        // Who asked last for which row says who is told of its changes.
        self.remember(id, &message);
        let Some(asked) = message.asked.clone() else { return };
        let row = if message.key.is_some() { self.row(other, &message.key) } else { None };
        let ts = message.ts.max(row.as_ref().map_or(-1, |(_, ts)| *ts));
        let value = match asked.what {
            What::Leave => return,
            What::LeaveAndTell => Datum::Null,
            What::TellIfThere if row.is_none() => return,
            What::Tell | What::TellIfThere => value_of(row),
        };
        self.enqueue(Place::Answers(id), Message { key: asked.left_key, value, ts, ..message });
    }

    /// A row on the right changes: all that want it are told, in the order of their keys.
    fn right_changes(&mut self, id: Id, message: &Message) {
        let keys: BTreeSet<Datum> =
            self.history[id].iter().filter_map(|seen| Some(seen.message.asked.as_ref()?.left_key.clone())).collect();
        for left_key in keys {
            let of_key = |message: &&Message| message.asked.as_ref().is_some_and(|asked| asked.left_key == left_key);
            let last = self.history[id].iter().map(|seen| &seen.message).filter(|seen| seen.key == message.key).rfind(of_key);
            let wants = |asked: &Asked| matches!(asked.what, What::Tell | What::TellIfThere);
            if let Some(asked) = last.and_then(|last| last.asked.clone()).filter(wants) {
                let answer = Message { key: left_key, asked: Some(asked), ..message.clone() };
                self.enqueue(Place::Answers(id), answer);
            }
        }
    }

    /// An answer comes back: it counts if the row on the left is still the one that asked.
    pub(super) fn resolve(&mut self, id: Id, message: Message) {
        let Op::JoinForeign { input, how, joiner, .. } = self.topology.nodes[id].op else { return };
        let left = value_of(self.row(input, &message.key));
        if message.asked.as_ref().is_some_and(|asked| asked.left != left) {
            return self.drop_one();
        }
        let value = pair(how, joiner, &left, &message.value);
        let old = if self.topology.is_state(id) { self.last_result(id, &message.key) } else { Datum::Null };
        let message = Message { value, old, asked: None, latest: true, ..message };
        self.history_of_results(id, &message);
        self.forward(id, &message);
    }

    fn last_result(&self, id: Id, key: &Datum) -> Datum {
        value_of(self.row(id, key))
    }

    /// Results are told from questions by what they do not ask.
    fn history_of_results(&mut self, id: Id, message: &Message) {
        self.remember_side(id, 1, message);
    }
}
