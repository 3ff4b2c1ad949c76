//! What `suppress` is told: until when changes are held back, how many, and what happens when there are more.

use std::time::Duration;

use crate::operators::InWindows;
use crate::windows::{KeyWindow, Windowed, duration_ms};

/// How much a buffer holds, and what happens when that is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) max_records: usize,
    pub(super) max_bytes: usize,
    pub(super) shuts_down: bool,
    /// After so much wall-clock time a change leaves in any case.
    pub(super) flush_after_ms: Option<i64>,
}

impl Limits {
    const NONE: Limits = Limits { max_records: usize::MAX, max_bytes: usize::MAX, shuts_down: false, flush_after_ms: None };

    pub(super) fn counts_bytes(&self) -> bool {
        self.max_bytes < usize::MAX
    }
}

/// What `suppress` goes by.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Changes leave when the stream time is so much later than their time.
    pub(super) wait_ms: i64,
    /// Deletions do not leave.
    pub(super) drops_deletions: bool,
    pub(super) limits: Limits,
}

impl Rule {
    /// For a node that will not run.
    pub(super) const NEVER: Rule = Rule { wait_ms: i64::MAX, drops_deletions: false, limits: Limits::NONE };
}

/// Until when changes are held back: what [`suppress`](crate::Table::suppress) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say until when changes are held back",
    label = "not for `suppress`",
    note = "`until_window_closes()` and `until_time_limit(duration)` do; one that closes windows and has a limit also needs `.shut_down_when_full()`"
)]
pub trait Suppression: Copy {
    /// The operator `O`, if it can be told so.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;

    /// What [`suppress`](crate::Table::suppress) goes by where windows close so long after their end (`None`: there are no windows, or they never close).
    /// `None` if that cannot be.
    fn rule(&self, closes_after_ms: Option<i64>) -> Option<Rule>;
}

/// What a suppression orders the changes of a table by.
#[diagnostic::on_unimplemented(
    message = "`until_window_closes` needs a table whose windows are known, and here are none",
    label = "no windows that close",
    note = "put it behind an aggregation in windows (`windowed_by`), or use `until_time_limit(duration)`"
)]
pub trait Orders<K, E>: Suppression {
    /// The node `N`, if it can work with such keys.
    type Node<N>;

    /// The node itself.
    fn node<N>(node: N) -> Self::Node<N>;

    /// The time of a change: of the key's window, or of the record.
    fn time_ms(&self, key: &K, timestamp_ms: i64) -> i64;
}

macro_rules! limits {
    ($($field:ident).+) => {
        /// Holds changes of at most so many keys.
        #[must_use]
        pub const fn max_records(mut self, count: usize) -> Self {
            self.$($field).+.max_records = count;
            self
        }

        /// Holds changes of at most so many bytes: keys, values (those before a change too), headers and names of topics.
        #[must_use]
        pub const fn max_bytes(mut self, bytes: usize) -> Self {
            self.$($field).+.max_bytes = bytes;
            self
        }

        /// Lets a change go when its key has been waiting for this long by the wall clock, so that the last ones do not wait for ever when no
        /// more records come. Kafka Streams has nothing like it.
        #[must_use]
        pub const fn flush_after(mut self, duration: Duration) -> Self {
            self.$($field).+.flush_after_ms = Some(duration_ms(duration));
            self
        }
    };
}

/// Holds the changes of a key back until the stream time has moved on by a duration. Made by [`until_time_limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UntilTimeLimit {
    limit_ms: i64,
    limits: Limits,
}

/// Holds the changes of a key back for so long after the first of them, by the stream time; only the last one leaves. Holds any number.
///
/// Kafka Streams: `Suppressed.untilTimeLimit(limit, BufferConfig.unbounded())`.
pub const fn until_time_limit(limit: Duration) -> UntilTimeLimit {
    UntilTimeLimit { limit_ms: duration_ms(limit), limits: Limits::NONE }
}

impl UntilTimeLimit {
    limits!(limits);

    /// When the buffer is full, the key that is first leaves early. That is so if nothing else is said.
    #[must_use]
    pub const fn emit_early_when_full(mut self) -> Self {
        self.limits.shuts_down = false;
        self
    }

    /// When the buffer is full, the application stops with an error.
    #[must_use]
    pub const fn shut_down_when_full(mut self) -> Self {
        self.limits.shuts_down = true;
        self
    }
}

impl Suppression for UntilTimeLimit {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn rule(&self, _: Option<i64>) -> Option<Rule> {
        Some(Rule { wait_ms: self.limit_ms, drops_deletions: false, limits: self.limits })
    }
}

impl<K, E> Orders<K, E> for UntilTimeLimit {
    type Node<N> = N;

    fn node<N>(node: N) -> N {
        node
    }

    #[inline]
    fn time_ms(&self, _: &K, timestamp_ms: i64) -> i64 {
        timestamp_ms
    }
}

/// Holds the changes of a window back until it closes. Made by [`until_window_closes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UntilWindowCloses {
    limits: Limits,
}

/// [`until_window_closes`] with a limit. What happens when there is more must be said: [`shut_down_when_full`](Self::shut_down_when_full).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitedUntilWindowCloses {
    closes: UntilWindowCloses,
}

/// Holds the changes of a window back until it closes, so that one final result leaves. Holds any number.
///
/// A sliding window and a session have a second result when a record comes at the very stream time at which the first one leaves: end and
/// grace, of a session end, gap and grace. They still take it, as in Kafka Streams; a session, unless `.retention(…)` keeps it longer, has
/// left its store by then and begins anew with it. After a restart, with which the stream time begins anew, a late record may make a second
/// result of any window.
///
/// Kafka Streams: `Suppressed.untilWindowCloses(BufferConfig.unbounded())`.
pub const fn until_window_closes() -> UntilWindowCloses {
    UntilWindowCloses { limits: Limits::NONE }
}

impl UntilWindowCloses {
    /// Holds changes of at most so many keys in windows; `.shut_down_when_full()` must follow.
    #[must_use]
    pub const fn max_records(self, count: usize) -> LimitedUntilWindowCloses {
        LimitedUntilWindowCloses { closes: self }.max_records(count)
    }

    /// Holds changes of at most so many bytes; `.shut_down_when_full()` must follow.
    #[must_use]
    pub const fn max_bytes(self, bytes: usize) -> LimitedUntilWindowCloses {
        LimitedUntilWindowCloses { closes: self }.max_bytes(bytes)
    }

    /// Lets a result go when its key has been waiting for this long by the wall clock, closed or not, so that the last ones do not wait for ever
    /// when no more records come. A window that gets a record after that has a second result. Kafka Streams has nothing like it.
    #[must_use]
    pub const fn flush_after(mut self, duration: Duration) -> Self {
        self.limits.flush_after_ms = Some(duration_ms(duration));
        self
    }
}

impl LimitedUntilWindowCloses {
    limits!(closes.limits);

    /// When the buffer is full, the application stops with an error: a result that left early would not be final.
    #[must_use]
    pub const fn shut_down_when_full(mut self) -> UntilWindowCloses {
        self.closes.limits.shuts_down = true;
        self.closes
    }
}

impl Suppression for UntilWindowCloses {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn rule(&self, closes_after_ms: Option<i64>) -> Option<Rule> {
        Some(Rule { wait_ms: closes_after_ms?, drops_deletions: true, limits: self.limits })
    }
}

impl<K, W: KeyWindow> Orders<Windowed<K, W>, InWindows> for UntilWindowCloses {
    type Node<N> = N;

    fn node<N>(node: N) -> N {
        node
    }

    #[inline]
    fn time_ms(&self, key: &Windowed<K, W>, _: i64) -> i64 {
        key.window.end_ms()
    }
}
