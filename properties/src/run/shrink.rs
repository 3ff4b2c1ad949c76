//! Inputs made smaller while they still fail.

use std::time::{Duration, Instant};

use crate::basket::Basket;
use crate::input::Step;
use crate::values::Datum;

/// How many smaller inputs are tried at most.
const TRIES: usize = 5000;
/// How long; the model of a large topology is slow.
const LIMIT: Duration = Duration::from_secs(15);

/// The smallest input that was found to fail, with what `fails` says of it.
pub(super) fn shrink<D>(steps: Vec<Step>, difference: D, fails: impl FnMut(&[Step]) -> Option<D>) -> (Vec<Step>, D) {
    let mut shrinking = Shrinking { best: (steps, difference), fails, tries: 0, until: Instant::now() + LIMIT };
    while shrinking.fewer() | shrinking.simpler() | shrinking.earlier() {}
    shrinking.best
}

struct Shrinking<D, F> {
    best: (Vec<Step>, D),
    fails: F,
    tries: usize,
    until: Instant,
}

impl<D, F: FnMut(&[Step]) -> Option<D>> Shrinking<D, F> {
    /// Keeps an input if it fails as well.
    fn offer(&mut self, steps: Vec<Step>) -> bool {
        if self.tries >= TRIES || steps == self.best.0 || Instant::now() >= self.until {
            return false;
        }
        self.tries += 1;
        match (self.fails)(&steps) {
            Some(difference) => {
                self.best = (steps, difference);
                true
            }
            None => false,
        }
    }

    /// Offers the best input with a step changed.
    fn change(&mut self, index: usize, change: impl FnOnce(&mut Step)) -> bool {
        let mut steps = self.best.0.clone();
        change(&mut steps[index]);
        self.offer(steps)
    }

    /// Leaves steps out: halves first, then one by one.
    fn fewer(&mut self) -> bool {
        let (mut progress, mut size) = (false, self.best.0.len().div_ceil(2));
        while size > 0 {
            let mut start = 0;
            while start < self.best.0.len() {
                let mut steps = self.best.0.clone();
                steps.drain(start..(start + size).min(steps.len()));
                if self.offer(steps) {
                    progress = true;
                } else {
                    start += size;
                }
            }
            size /= 2;
        }
        progress
    }

    /// Makes keys, values and headers the plainest, and leaves commits and restarts out.
    fn simpler(&mut self) -> bool {
        let mut progress = false;
        for index in 0..self.best.0.len() {
            progress |= self.change(index, |step| step.record.headers.clear());
            progress |= self.change(index, |step| step.commit = false);
            progress |= self.change(index, |step| step.restart = false);
            if self.best.0[index].record.key.is_some() {
                progress |= self.change(index, |step| step.record.key = Datum::Text("a".to_owned()));
            }
            let value = self.best.0[index].record.value.clone();
            for plain in plainer(&value) {
                if self.change(index, |step| step.record.value = plain) {
                    progress = true;
                    break;
                }
            }
        }
        progress
    }

    /// Moves times back: of a step and all that follow, then of one.
    fn earlier(&mut self) -> bool {
        let mut progress = false;
        for index in 0..self.best.0.len() {
            let mut by = 1024;
            while by > 0 {
                let mut steps = self.best.0.clone();
                for step in &mut steps[index..] {
                    step.record.ts = (step.record.ts - by).max(0);
                }
                let moved = self.offer(steps) || self.change(index, |step| step.record.ts = (step.record.ts - by).max(0));
                progress |= moved;
                if !moved {
                    by /= 2;
                }
            }
        }
        progress
    }
}

/// Values that are plainer than this one, the plainest first.
fn plainer(value: &Datum) -> Vec<Datum> {
    match value {
        Datum::Text(text) => {
            let digits = (0..4).map(|n| Datum::Text(format!("x{n}")));
            digits.take_while(|plain| *plain != Datum::Text(text.clone())).collect()
        }
        Datum::Basket(label, _) => {
            let labels = (0..4).map(|n| format!("x{n}"));
            labels.take_while(|plain| plain != label).map(|plain| Basket::of(&plain).into()).collect()
        }
        Datum::Long(n) => (0..4).filter(|plain| plain < n || *n < 0).map(Datum::Long).collect(),
        _ => Vec::new(),
    }
}
