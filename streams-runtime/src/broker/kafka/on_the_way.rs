//! What is known of records until they are acknowledged.

use std::collections::VecDeque;

use super::raw::Mark;
use crate::broker::ResultOrigin;

/// What a record brings back.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) timestamp_ms: i64,
    pub(super) origin: Option<ResultOrigin>,
}

/// Records by their marks. One without an origin needs no place here: its time, which librdkafka
/// does not give back, is its mark.
#[derive(Debug, Default)]
pub(super) struct OnTheWay {
    /// The number of the first one that is kept.
    first: usize,
    kept: VecDeque<Option<Kept>>,
}

impl OnTheWay {
    /// A mark for a record that is about to be sent.
    #[inline]
    pub(super) fn mark(&mut self, timestamp_ms: i64, origin: Option<&ResultOrigin>) -> Mark {
        match usize::try_from(timestamp_ms) {
            Ok(time) if origin.is_none() && time <= usize::MAX >> 1 => Mark(time << 1),
            _ => self.keep(Kept { timestamp_ms, origin: origin.cloned() }),
        }
    }

    #[cold]
    fn keep(&mut self, kept: Kept) -> Mark {
        let number = self.first.wrapping_add(self.kept.len());
        self.kept.push_back(Some(kept));
        Mark(number << 1 | Mark::WANTED)
    }

    /// What is known of a record that is acknowledged or refused.
    pub(super) fn take(&mut self, mark: Mark) -> Kept {
        let unknown = Kept { timestamp_ms: (mark.0 >> 1) as i64, origin: None };
        if mark.0 & Mark::WANTED == 0 {
            return unknown;
        }
        let at = (mark.0 >> 1).wrapping_sub(self.first & usize::MAX >> 1);
        let kept = self.kept.get_mut(at).and_then(Option::take).unwrap_or(unknown);
        while self.kept.front().is_some_and(Option::is_none) {
            self.kept.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Cause;

    #[test]
    fn records_without_an_origin_keep_nothing_but_their_time() {
        let mut on_the_way = OnTheWay::default();
        for timestamp_ms in [0, 1, 1_700_000_000_000, i64::MAX >> 1] {
            let mark = on_the_way.mark(timestamp_ms, None);
            let kept = on_the_way.take(mark);
            assert_eq!((kept.timestamp_ms, kept.origin.is_none()), (timestamp_ms, true));
        }
        assert!(on_the_way.kept.capacity() == 0);
        let mark = on_the_way.mark(i64::MAX, None);
        assert_eq!(on_the_way.take(mark).timestamp_ms, i64::MAX);
    }

    #[test]
    fn what_is_kept_goes_with_the_acknowledgement_in_any_order() {
        let mut on_the_way = OnTheWay::default();
        let origin = |offset| ResultOrigin { node: "to", cause: Cause { topic: Some("in".into()), partition: 0, offset, raw: None } };
        let marks: Vec<Mark> = (0..100).map(|n| on_the_way.mark(n, Some(&origin(n)))).collect();
        for n in (50..100).chain(0..50) {
            let kept = on_the_way.take(marks[n]);
            assert_eq!((kept.timestamp_ms, kept.origin.unwrap().cause.offset), (n as i64, n as i64));
        }
        assert!(on_the_way.kept.is_empty());
        let again = on_the_way.mark(7, Some(&origin(7)));
        assert_eq!(on_the_way.take(again).timestamp_ms, 7);
    }
}
