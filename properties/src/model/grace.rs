//! Records of a stream that wait for the changes of a table.

use super::{Message, Model};
use crate::topology::{Id, Op};

impl Model<'_> {
    /// A record that is not late waits; those leave whose time is past by the grace.
    pub(super) fn join_later(&mut self, id: Id, grace: i64, message: Message) {
        let stream_time = self.history[id].iter().map(|seen| seen.message.ts).max().unwrap_or(-1);
        // What the join drops, and what needs no row, does not wait and does not move the time.
        if message.ts < stream_time - grace || !message.key.is_some() || !message.value.is_some() {
            return self.join_now(id, &message);
        }
        self.remember(id, &message);
        let (mut stream_time, mut waiting, mut leaving) = (-1, Vec::new(), Vec::new());
        for seen in &self.history[id] {
            stream_time = stream_time.max(seen.message.ts);
            waiting.push(seen.message.clone());
            (leaving, waiting) = waiting.into_iter().partition(|held: &Message| held.ts <= stream_time - grace);
        }
        // The sort keeps the order of arrival.
        leaving.sort_by_key(|held| (held.ts, held.key.clone()));
        for held in leaving {
            self.join_now(id, &held);
        }
    }

    fn join_now(&mut self, id: Id, message: &Message) {
        let Op::JoinTable { table, how, joiner, .. } = self.topology.nodes[id].op else { return };
        let key = message.key.clone();
        self.join_row(id, message, how, joiner, key.is_some(), |model| model.row_as_of(table, &key, message.ts));
    }
}
