//! Up to when windows were sent on close.

/// By store: windows that end up to this time were sent, where they are sent when they close. Committed with the offsets.
#[derive(Debug, Default)]
pub(crate) struct ClosedWindows(Vec<(String, i64)>);

/// The place of a store in [`ClosedWindows`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClosedPlace(usize);

impl ClosedWindows {
    /// A store whose windows are sent when they close.
    pub(crate) fn add(&mut self, store: &str) -> ClosedPlace {
        self.0.push((store.to_owned(), -1));
        ClosedPlace(self.0.len() - 1)
    }

    /// Up to when windows were sent; -1: none was.
    #[inline]
    pub(crate) fn get(&self, place: ClosedPlace) -> i64 {
        self.0[place.0].1
    }

    /// The least stream time that the operator has had: what was sent before a restart is closed after it too.
    #[inline]
    pub(crate) fn stream_time_ms(&self, place: ClosedPlace, closes_after_ms: i64) -> i64 {
        match self.get(place) {
            sent_ms if sent_ms < 0 => -1,
            sent_ms => sent_ms.saturating_add(closes_after_ms),
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, place: ClosedPlace, closed_ms: i64) {
        self.0[place.0].1 = closed_ms;
    }

    /// Takes over what was committed. Of several partitions the latest counts.
    pub(crate) fn take_over(&mut self, store: &str, closed_ms: i64) {
        if let Some((_, known_ms)) = self.0.iter_mut().find(|(name, _)| name == store) {
            *known_ms = closed_ms.max(*known_ms);
        }
    }

    /// Up to when windows of a store were sent, if they are sent when they close.
    pub(crate) fn of(&self, store: &str) -> Option<i64> {
        self.0.iter().find(|(name, _)| name == store).map(|(_, closed_ms)| *closed_ms)
    }

    /// What is to be committed: of stores whose windows were sent.
    pub(crate) fn sent(&self) -> Vec<(String, i64)> {
        self.0.iter().filter(|(_, closed_ms)| *closed_ms >= 0).cloned().collect()
    }
}
