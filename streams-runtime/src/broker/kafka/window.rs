//! How many records may be on their way at a time.
//!
//! A record that the client takes expires after the delivery timeout, also while it waits behind
//! others. Where a broker takes fewer records in that time than fit into the client, all that is
//! sent would expire again and again. So the window closes when a record has expired, and opens
//! again with each flush that comes to its end.

/// So many records the client takes.
pub(super) const FULL: i32 = 100_000;

/// Even a slow broker takes so many.
const LEAST: i32 = 1_000;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Window(i32);

impl Default for Window {
    fn default() -> Self {
        Window(FULL)
    }
}

impl Window {
    /// Whether there is room; `under_way` is asked for only where the window is not full open.
    pub(super) fn has_room(&self, under_way: impl FnOnce() -> i32) -> bool {
        self.0 >= FULL || under_way() < self.0
    }

    /// A record has expired.
    pub(super) fn close(&mut self) {
        self.0 = (self.0 / 4).max(LEAST);
    }

    /// All that was sent is acknowledged.
    pub(super) fn open(&mut self) {
        self.0 = self.0.saturating_mul(2).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_closes_to_a_little_and_opens_to_all() {
        let mut window = Window::default();
        assert!(window.has_room(|| panic!("asked for nothing")));
        (0..10).for_each(|_| window.close());
        assert!(window.has_room(|| LEAST - 1));
        assert!(!window.has_room(|| LEAST));
        (0..10).for_each(|_| window.open());
        assert!(window.has_room(|| i32::MAX));
    }
}
