//! Aggregations in sessions.

use super::aggregate::{initial, merge, step};
use super::windows::window_time;
use super::{Message, Mistake, Model, Row, Seen};
use crate::topology::{Fold, Id, Windows};
use crate::values::Datum;

/// A session of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Session {
    key: Datum,
    start: i64,
    end: i64,
    value: Datum,
}

/// What a record did.
enum Came {
    /// It was too late.
    Late,
    /// These sessions went, and one came, in the place of one with this value.
    Taken(Vec<Session>, Session, Datum),
}

/// What a history made.
struct Sessions {
    /// Those that were in the store before the last record made others leave.
    all: Vec<Session>,
    /// The end of the latest one.
    newest: i64,
    /// What the last record did.
    came: Option<Came>,
}

impl Model<'_> {
    pub(super) fn aggregate_sessions(&mut self, id: Id, side: usize, windows: Windows, fold: Fold, message: Message) {
        if !message.key.is_some() {
            return self.drop_one();
        }
        let before_ms = window_time(&self.history[id], side, self.runs[id], windows);
        self.remember_side(id, side, &message);
        let now_ms = window_time(&self.history[id], side, self.runs[id], windows);
        let Sessions { all, came, .. } = self.sessions(&self.history[id], windows, fold);
        match came {
            None | Some(Came::Late) => self.drop_one(),
            Some(Came::Taken(gone, session, replaced)) if !windows.on_close => {
                for session in gone {
                    self.forward(id, &told(&session, Datum::Null, session.value.clone()));
                }
                // Kafka Streams does not tell what is replaced, so that a group of sessions counts it twice.
                self.forward(id, &told(&session, session.value.clone(), replaced));
            }
            Some(Came::Taken(..)) => {}
        }
        if windows.on_close {
            let closed = |time_ms: i64| time_ms - windows.grace - windows.size;
            // After a restart those that are still in the store are sent again.
            let from_ms = if before_ms < 0 { i64::MIN } else { closed(before_ms) };
            let closes = |session: &Session| session.end >= from_ms && session.end < closed(now_ms);
            let mut closing: Vec<Session> = all.into_iter().filter(closes).collect();
            closing.sort_by_key(|session| (session.end, session.start, session.key.clone()));
            for session in closing {
                self.forward(id, &Message { headers: message.headers.clone(), ..told(&session, session.value.clone(), Datum::Null) });
            }
        }
    }

    fn sessions(&self, history: &[Seen], windows: Windows, fold: Fold) -> Sessions {
        let mut made = Sessions { all: Vec::new(), newest: -1, came: None };
        for (index, Seen { message, run, side }) in history.iter().enumerate() {
            let now_ms = window_time(&history[..=index], *side, *run, windows);
            // What is out of retention is not found any more, and leaves; what is about to leave is still sent when it closes, other than in
            // Kafka Streams.
            let gone = made.newest - retention(windows);
            made.all.retain(|session| session.end >= gone);
            let near = |session: &&Session| {
                let (earliest, latest) = (message.ts - windows.size, message.ts + windows.size);
                session.key == message.key && session.end > gone && session.end >= earliest && session.start <= latest
            };
            let mut found: Vec<Session> = made.all.iter().filter(near).cloned().collect();
            found.sort_by_key(|session| (session.end, session.start));
            let (mut start, mut end, mut row) = (message.ts, message.ts, Some(initial(fold)).filter(Datum::is_some));
            for session in &found {
                (start, end) = (start.min(session.start), end.max(session.end));
                row = Some(merge(fold, &message.key, row, &session.value)).filter(Datum::is_some);
            }
            if end + windows.size + windows.grace < now_ms && self.mistake != Mistake::TakeLate {
                made.came = Some(Came::Late);
                continue;
            }
            let merged = Session { key: message.key.clone(), start, end, value: step(fold, &message.key, &message.value, row) };
            let here = |session: &&Session| (&session.key, session.start, session.end) == (&message.key, start, end);
            let there = made.all.iter().find(here).map_or(Datum::Null, |session| session.value.clone());
            made.all.retain(|session| !found.contains(session) && (&session.key, session.start, session.end) != (&message.key, start, end));
            if merged.value.is_some() {
                made.all.push(merged.clone());
            }
            made.newest = made.newest.max(end);
            let alone = (start, end) == (message.ts, message.ts);
            let replaced = if alone { there } else { Datum::Null };
            made.came = Some(Came::Taken(if alone { Vec::new() } else { found }, merged, replaced));
        }
        made
    }

    pub(super) fn session_rows(&self, id: Id, windows: Windows, fold: Fold) -> Vec<Row> {
        let Sessions { mut all, newest, .. } = self.sessions(&self.history[id], windows, fold);
        all.retain(|session| session.end > newest - retention(windows));
        all.sort_by_key(|session| (session.key.clone(), session.end, session.start));
        all.into_iter().map(|session| Row { key: windowed(&session), ts: session.end, value: session.value }).collect()
    }
}

/// How long the store keeps a session after its end.
fn retention(windows: Windows) -> i64 {
    windows.retention.unwrap_or(windows.size + windows.grace)
}

/// A change of a session: its time is the session's end, and it has no headers.
fn told(session: &Session, value: Datum, old: Datum) -> Message {
    Message { key: windowed(session), value, old, ts: session.end, headers: Vec::new(), latest: true, asked: None }
}

fn windowed(session: &Session) -> Datum {
    match &session.key {
        Datum::Text(key) => Datum::Window(key.clone(), session.start, session.end),
        other => other.clone(),
    }
}
