//! Records of a stream that wait for the changes of a table.

use super::{Message, Model};
use crate::topology::{Id, Op};

impl Model<'_> {
    /// A record that is not late waits; those leave whose time is past by the grace.
    pub(super) fn join_later(&mut self, id: Id, grace: i64, message: Message) {
        let held: Vec<Message> = self.history[id].iter().map(|seen| seen.message.clone()).collect();
        let stream_time = held.iter().map(|held| held.ts).max().unwrap_or(-1);
        // What the join drops, and what needs no row, does not wait and does not move the time.
        if message.ts < stream_time - grace || !message.key.is_some() || !message.value.is_some() {
            return self.join_now(id, &message);
        }
        self.remember(id, &message);
        let (before, now) = (stream_time - grace, stream_time.max(message.ts) - grace);
        let mut leaving: Vec<Message> = held.into_iter().chain([message]).filter(|held| held.ts > before && held.ts <= now).collect();
        leaving.sort_by_key(|held| (held.ts, held.key.clone()));
        // A record at the very limit leaves as it comes, whatever left before at that time.
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
