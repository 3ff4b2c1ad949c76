//! Changes that are held back.

use super::{Message, Model, Seen};
use crate::topology::{Id, Until};
use crate::values::Datum;

impl Model<'_> {
    pub(super) fn suppress(&mut self, id: Id, until: Until, message: Message) {
        self.remember(id, &message);
        for left in leaving(&self.history[id], until) {
            self.forward(id, &left);
        }
    }
}

/// What leaves with the last change of a history. A key keeps the time with which it came; what it has is what came last.
fn leaving(history: &[Seen], until: Until) -> Vec<Message> {
    let mut waiting: Vec<(i64, Message)> = Vec::new();
    let (mut stream_time, mut run) = (-1, 0);
    let mut left = Vec::new();
    for seen in history {
        left = Vec::new();
        let message = &seen.message;
        // After a restart what waits is there, and the time begins anew.
        if seen.run != run {
            (stream_time, run) = (-1, seen.run);
        }
        stream_time = stream_time.max(message.ts);
        let time_ms = match (until, &message.key) {
            (Until::Close(_), Datum::Window(_, _, end)) => *end,
            _ => message.ts,
        };
        match waiting.iter_mut().find(|(_, there)| there.key == message.key) {
            Some((_, there)) => *there = message.clone(),
            None => waiting.push((time_ms, message.clone())),
        }
        waiting.sort_by_key(|(time_ms, message)| (*time_ms, message.key.clone()));
        let (limit, most) = match until {
            Until::Close(grace) => (grace, None),
            Until::Time(limit, most) => (limit, most),
        };
        while waiting.first().is_some_and(|(time_ms, _)| *time_ms <= stream_time - limit) || most.is_some_and(|most| waiting.len() > most) {
            let (_, message) = waiting.remove(0);
            // Deletions are no results of windows.
            if message.value.is_some() || !matches!(until, Until::Close(_)) {
                left.push(message);
            }
        }
    }
    left
}
