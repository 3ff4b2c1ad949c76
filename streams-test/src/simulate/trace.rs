//! What happened, in order: as text if somebody wants to read it, and always as one number.

use std::sync::Mutex;

use super::net::lock;
use super::plan::Micros;

/// The name of a process on the network: its place, and how often it was started there.
pub(super) type Who = (usize, u64);

/// What happened.
#[derive(Debug)]
pub(super) struct Trace {
    keeps_text: bool,
    state: Mutex<(u64, Vec<String>)>,
}

impl Trace {
    pub(super) fn new(keeps_text: bool) -> Self {
        Trace { keeps_text, state: Mutex::new((0xcbf2_9ce4_8422_2325, Vec::new())) }
    }

    /// Notes an event; the text is made only if it is kept.
    pub(super) fn note(&self, at: Micros, who: Option<Who>, what: &'static str, numbers: [i64; 3], text: impl FnOnce() -> String) {
        let mut state = lock(&self.state);
        let (slot, incarnation) = who.map_or((0, 0), |(slot, incarnation)| (slot as u64 + 1, incarnation));
        let words = [at, slot, incarnation, what.len() as u64, numbers[0] as u64, numbers[1] as u64, numbers[2] as u64];
        for word in words {
            state.0 = (state.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
        }
        if self.keeps_text {
            let who = who.map_or_else(|| "-".to_owned(), |(slot, incarnation)| format!("{slot}.{incarnation}"));
            let line = format!("{:>10.3} ms  {who:<5} {what:<12} {}", at as f64 / 1e3, text());
            state.1.push(line);
        }
    }

    /// One number for all that happened.
    pub(super) fn hash(&self) -> u64 {
        lock(&self.state).0
    }

    pub(super) fn take_text(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).1)
    }
}
