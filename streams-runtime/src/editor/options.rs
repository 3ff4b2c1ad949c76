//! Options: what may follow a source or an operator at once.

use std::time::Duration;

use super::language::{Behind, Edge};

/// One option. Each is said once, whatever it may follow.
macro_rules! option {
    (named) => {
        /// Names state or a repartition topic, in the place of the `let`.
        #[must_use]
        pub fn named(self, name: impl Sized) -> Self {
            let _ = name;
            self
        }
    };
    (timestamp) => {
        /// Event time in ms since the Unix epoch, from the record itself.
        #[must_use]
        pub fn timestamp(self, f: impl FnMut(&T::Key, &T::Value) -> i64) -> Self
        where
            T: Edge,
        {
            let _ = f;
            self
        }

        #[doc(hidden)]
        #[must_use]
        pub fn timestamp__3(self, f: impl FnMut(&T::Key, &T::Value, &crate::operators::SourceRecord<'_>) -> i64) -> Self
        where
            T: Edge,
        {
            let _ = f;
            self
        }
    };
    (partitioned_by) => {
        /// Which partitions a record goes to: one, several, none, or `None` for that of its key.
        #[must_use]
        pub fn partitioned_by<P>(self, f: impl FnMut(&T::Key, &T::Value, u32) -> P) -> Self
        where
            T: Edge,
        {
            let _ = f;
            self
        }

        #[doc(hidden)]
        #[must_use]
        pub fn partitioned_by__4<P>(self, f: impl FnMut(&T::Key, &T::Value, u32, super::forms::Cx<'_>) -> P) -> Self
        where
            T: Edge,
        {
            let _ = f;
            self
        }
    };
    (with) => {
        /// The wire formats of this edge, in the order key, value.
        #[must_use]
        pub fn with(self, key_codec: impl Sized, value_codec: impl Sized) -> Self {
            let _ = (key_codec, value_codec);
            self
        }
    };
    (offset_reset) => {
        /// Where to start without a committed offset: `Earliest` or `Latest`.
        #[must_use]
        pub fn offset_reset(self, reset: crate::plan::OffsetReset) -> Self {
            let _ = reset;
            self
        }
    };
    (partitions) => {
        /// The declared number of partitions.
        #[must_use]
        pub fn partitions(self, count: u32) -> Self {
            let _ = count;
            self
        }
    };
    (without_store) => {
        /// A table that keeps no rows: its changes are only handed on.
        #[must_use]
        pub fn without_store(self) -> Self {
            self
        }
    };
    (emit_on_close) => {
        /// One result for each window, when it closes.
        #[must_use]
        pub fn emit_on_close(self) -> Self {
            self
        }
    };
    (retention) => {
        /// How long a window is kept after its start, a session after its end.
        #[must_use]
        pub fn retention(self, duration: Duration) -> Self {
            let _ = duration;
            self
        }
    };
    (versioned) => {
        /// A table that can be read as it was at any time within its history.
        #[must_use]
        pub fn versioned(self, history: Duration) -> Self {
            let _ = history;
            self
        }
    };
    (ttl) => {
        /// Rows expire when the stream time of the task is so much later than theirs: they are deleted, for what follows and in the
        /// changelog.
        #[must_use]
        pub fn ttl(self, duration: Duration) -> Self {
            let _ = duration;
            self
        }
    };
    (retain_duplicates) => {
        /// Keeps all values of one key and time.
        #[must_use]
        pub fn retain_duplicates(self) -> Self {
            self
        }
    };
    (single_store) => {
        /// A stream joined with itself keeps its records once.
        #[must_use]
        pub fn single_store(self) -> Self {
            self
        }
    };
    (grace) => {
        /// Holds records until a table with a history has heard of changes before them.
        #[must_use]
        pub fn grace(self, duration: Duration) -> Self {
            let _ = duration;
            self
        }
    };
    (without_cache) => {
        /// Every change of the state is handed on and logged at once.
        #[must_use]
        pub fn without_cache(self) -> Self {
            self
        }
    };
    (without_changelog) => {
        /// State without a changelog: what its backend does not keep is lost with the task.
        #[must_use]
        pub fn without_changelog(self) -> Self {
            self
        }
    };
    (flush_after) => {
        /// Behind `.emit_on_close()`: a window that has waited for this long by the wall clock is
        /// sent, closed or not.
        #[must_use]
        pub fn flush_after(self, duration: Duration) -> Self {
            let _ = duration;
            self
        }
    };
    (max_ahead) => {
        /// Leaves out records whose time is further ahead of the wall clock.
        #[must_use]
        pub fn max_ahead(self, duration: Duration) -> Self {
            let _ = duration;
            self
        }
    };
    (hold_unmatched) => {
        /// A record without a partner waits until its window and the grace are over, also one that
        /// comes late.
        #[must_use]
        pub fn hold_unmatched(self) -> Self {
            self
        }
    };
    (copartitioned) => {
        /// Both sides are divided alike, although formats or partitioners differ: the author of
        /// the topology vouches for it.
        #[must_use]
        pub fn copartitioned(self) -> Self {
            self
        }
    };
    (feedback) => {
        /// The records are meant to come back to the topic that they are made of; some operator on
        /// the way must end it.
        #[must_use]
        pub fn feedback(self) -> Self {
            self
        }
    };
    (changelog_setting) => {
        /// A setting of the changelog's topic, such as `min.compaction.lag.ms`; may be repeated.
        #[must_use]
        pub fn changelog_setting(self, name: impl Sized, value: impl Sized) -> Self {
            let _ = (name, value);
            self
        }
    };
}

/// The options behind each kind of source or operator. A test compares them with the table.
macro_rules! options {
    ($($(#[$doc:meta])* $behind:ident { $($option:tt),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $behind;

        impl<T> Behind<T, $behind> {
            $(option!($option);)*
        }
    )*};
}

options! {
    /// Behind `stream`.
    StreamSource { timestamp, max_ahead, with, offset_reset, partitions, partitioned_by }
    /// Behind `table`.
    TableSource {
        named, timestamp, max_ahead, with, offset_reset, partitions, partitioned_by, without_store, versioned, ttl,
        without_cache, without_changelog, changelog_setting,
    }
    /// Behind `global_table`.
    GlobalTableSource { named }
    /// Behind `key_value_store`.
    KeyValueSource { named, ttl, without_cache, without_changelog, changelog_setting }
    /// Behind `session_store`.
    SessionSource { named, without_cache, without_changelog, changelog_setting }
    /// Behind `window_store`.
    WindowSource { named, retain_duplicates, without_cache, without_changelog, changelog_setting }
    /// Behind `versioned_store`.
    StoreSource { named, without_changelog, changelog_setting }
    /// Behind an aggregation, and behind `to_table`.
    Aggregated { named, versioned, ttl, without_cache, without_changelog, changelog_setting }
    /// Behind an aggregation in windows.
    InWindows { named, retention, without_cache, without_changelog, changelog_setting }
    /// Behind `windowed_by`.
    Windowing { emit_on_close, flush_after }
    /// Behind what makes a view of a table.
    View { named, ttl, without_cache, without_changelog, changelog_setting }
    /// Behind `suppress`.
    Suppressed { named, without_changelog, changelog_setting }
    /// Behind the `join` of a stream.
    Joined { named, single_store, grace, without_changelog, changelog_setting, copartitioned }
    /// Behind the `left_join` of a stream.
    LeftJoined { named, grace, hold_unmatched, without_changelog, changelog_setting, copartitioned }
    /// Behind the `outer_join` of a stream.
    OuterJoined { named, hold_unmatched, without_changelog, changelog_setting, copartitioned }
    /// Behind `merge`, and behind a processor.
    Several { copartitioned }
    /// Behind a view of a table that other tables are read for.
    JoinedView { named, ttl, without_cache, without_changelog, changelog_setting, copartitioned }
    /// Behind the aggregation of a cogroup.
    CogroupAggregated { named, versioned, ttl, without_cache, without_changelog, changelog_setting, copartitioned }
    /// Behind the aggregation of a cogroup in windows.
    CogroupInWindows { named, retention, without_cache, without_changelog, changelog_setting, copartitioned }
    /// Behind `dedup` and `dedup_by`.
    Deduplicated { named, without_changelog, changelog_setting }
    /// Behind `cogroup`.
    Cogrouping { named }
    /// Behind `repartition`.
    Repartitioned { named, with, partitions, partitioned_by }
    /// Behind `to`.
    Sink { with, partitioned_by, feedback }
}
