//! Aggregations: of grouped streams and tables, in windows, and of several streams.

use super::forms::{Cx, closure_methods};
use super::language::{Behind, Cogrouped, CogroupedInWindows, Grouped, GroupedTable, Table, Windowed, WindowedSessions, WindowedSliding};
use super::options::{Aggregated, CogroupAggregated, CogroupInWindows, Cogrouping, InWindows, Windowing};
use super::shown;
use crate::codec::StreamData;
use crate::operators::{SessionWindowedStream, SlidingWindowedStream, TimeWindowedStream};
use crate::windows::{CustomWindows, SessionWindow, SessionWindows, Windowed as WindowedKey, Windows};

/// A form whose closures are taken as they are: which of them ask for `cx` are too many forms.
macro_rules! any_closures {
    ($name:ident[$($type:ident: $bound:path)?]($($closure:ident),*) -> $gives:ty) => {
        #[doc(hidden)]
        pub fn $name<$($type: $bound)?>(&self, $($closure: impl Sized),*) -> $gives {
            let _ = ($($closure),*);
            shown()
        }
    };
}

/// `count`, `reduce` and `aggregate` over one kind of groups.
macro_rules! aggregations {
    ($reduce:ty, $fold:ty, $table:ident, $options:ty) => {
        closure_methods! {
            /// Combines the values of each key: the first is kept as it is, each later one is
            /// combined with what there is.
            ///
            /// Kafka Streams: `reduce`.
            fn reduce, try_reduce, reduce__3, try_reduce__3[R](|&V::Stored, &$reduce| R) -> Behind<$table<K, V::Stored>, $options>;
        }

        /// Counts the records of each key.
        ///
        /// Kafka Streams: `count`.
        pub fn count(&self) -> Behind<$table<K, u64>, $options> {
            shown()
        }
    };
}

/// `aggregate` with an initializer and an aggregator.
macro_rules! fold {
    ($value:ty, $table:ident, $options:ty) => {
        closure_methods! {
            /// Folds the values of each key into an aggregate: `initializer` makes that of a new
            /// key, `aggregator` takes key, value and aggregate and returns the new one.
            ///
            /// Kafka Streams: `aggregate`.
            fn aggregate, try_aggregate[A: StreamData](
                initializer: impl FnMut() -> A, |&K, &$value, A| A
            ) -> Behind<$table<K, A::Stored>, $options>;
        }

        any_closures!(aggregate__any2[A: StreamData](a, b) -> Behind<$table<K, A::Stored>, $options>);
        any_closures!(try_aggregate__any2[A: StreamData](a, b) -> Behind<$table<K, A::Stored>, $options>);
    };
}

/// A table of the keys as they are.
type Plain<K, V> = Table<<K as StreamData>::Stored, V>;
/// A table of keys in windows.
type Fixed<K, V> = Table<WindowedKey<<K as StreamData>::Stored>, V>;
/// A table of keys in sessions.
type Sessions<K, V> = Table<WindowedKey<<K as StreamData>::Stored, SessionWindow>, V>;

impl<K: StreamData + ?Sized, V: StreamData + ?Sized> Grouped<K, V> {
    aggregations!(V::Present, V::Present, Plain, Aggregated);
    fold!(V::Present, Plain, Aggregated);

    closure_methods! {
        /// Begins an aggregate that several grouped streams are folded into: further streams
        /// follow with `cogroup(grouped, |key, value, aggregate| …)`, and `aggregate` ends it.
        ///
        /// Kafka Streams: `KGroupedStream.cogroup`.
        fn cogroup, try_cogroup, cogroup__4, try_cogroup__4[A: StreamData](
            |&K, &V, A| A
        ) -> Behind<Cogrouped<K::Stored, A>, Cogrouping>;
    }

    /// Cuts the records of each key into windows of event time: `tumbling(size)`,
    /// `hopping(size, advance)`, `sliding(difference)`, `sessions(gap)`, `unlimited()` or
    /// `custom(windows)`; an aggregation follows.
    ///
    /// Kafka Streams: `windowedBy`.
    pub fn windowed_by<W: Windows>(&self, windows: W) -> Behind<<W::Over<K, V> as Shown>::As, Windowing>
    where
        W::Over<K, V>: Shown,
    {
        let _ = windows;
        shown()
    }
}

impl<K: StreamData + ?Sized, V: StreamData + ?Sized> Windowed<K, V> {
    aggregations!(V, V, Fixed, InWindows);
    fold!(V, Fixed, InWindows);
}

impl<K: StreamData + ?Sized, V: StreamData + ?Sized> WindowedSliding<K, V> {
    aggregations!(V::Present, V::Present, Fixed, InWindows);
    fold!(V::Present, Fixed, InWindows);
}

impl<K: StreamData + ?Sized, V: StreamData + ?Sized> WindowedSessions<K, V> {
    aggregations!(V, V, Sessions, InWindows);

    any_closures!(aggregate__any3[A: StreamData](a, b, c) -> Behind<Sessions<K, A::Stored>, InWindows>);
    any_closures!(try_aggregate__any3[A: StreamData](a, b, c) -> Behind<Sessions<K, A::Stored>, InWindows>);

    /// Folds the records of each session into an aggregate: `initializer` makes that of a new
    /// session, `aggregator` takes key, value and aggregate, `merger` takes key and both aggregates.
    ///
    /// Kafka Streams: `SessionWindowedKStream.aggregate`.
    pub fn aggregate<A: StreamData>(
        &self,
        initializer: impl FnMut() -> A,
        aggregator: impl FnMut(&K, &V, A) -> A,
        merger: impl FnMut(&K, A, A) -> A,
    ) -> Behind<Sessions<K, A::Stored>, InWindows> {
        let _ = (initializer, aggregator, merger);
        shown()
    }

    /// `aggregate` with a closure that may fail: it returns a `Result`, and an `Err` goes to the
    /// process handler.
    pub fn try_aggregate<A: StreamData, E>(
        &self,
        initializer: impl FnMut() -> A,
        aggregator: impl FnMut(&K, &V, A) -> Result<A, E>,
        merger: impl FnMut(&K, A, A) -> Result<A, E>,
    ) -> Behind<Sessions<K, A::Stored>, InWindows> {
        let _ = (initializer, aggregator, merger);
        shown()
    }
}

impl<K: StreamData + ?Sized, V> GroupedTable<K, V> {
    /// Counts the rows of each group.
    ///
    /// Kafka Streams: `KGroupedTable.count`.
    pub fn count(&self) -> Behind<Plain<K, u64>, Aggregated> {
        shown()
    }

    any_closures!(aggregate__any3[A: StreamData](a, b, c) -> Behind<Plain<K, A::Stored>, Aggregated>);
    any_closures!(try_aggregate__any3[A: StreamData](a, b, c) -> Behind<Plain<K, A::Stored>, Aggregated>);

    any_closures!(reduce__any2[](a, b) -> Behind<Plain<K, V>, Aggregated>);
    any_closures!(try_reduce__any2[](a, b) -> Behind<Plain<K, V>, Aggregated>);

    /// Combines the values of each group: added when they come, subtracted when they leave.
    ///
    /// Kafka Streams: `KGroupedTable.reduce`.
    pub fn reduce<R>(&self, adder: impl FnMut(&V, &V) -> R, subtractor: impl FnMut(&V, &V) -> R) -> Behind<Plain<K, V>, Aggregated> {
        let _ = (adder, subtractor);
        shown()
    }

    /// `reduce` with closures that may fail: they return a `Result`, and an `Err` goes to the
    /// process handler.
    pub fn try_reduce<R, E>(
        &self,
        adder: impl FnMut(&V, &V) -> Result<R, E>,
        subtractor: impl FnMut(&V, &V) -> Result<R, E>,
    ) -> Behind<Plain<K, V>, Aggregated> {
        let _ = (adder, subtractor);
        shown()
    }

    /// Folds the values of each group into an aggregate: added when they come, subtracted when
    /// they leave.
    ///
    /// Kafka Streams: `KGroupedTable.aggregate`.
    pub fn aggregate<A: StreamData>(
        &self,
        initializer: impl FnMut() -> A,
        adder: impl FnMut(&K, &V, A) -> A,
        subtractor: impl FnMut(&K, &V, A) -> A,
    ) -> Behind<Plain<K, A::Stored>, Aggregated> {
        let _ = (initializer, adder, subtractor);
        shown()
    }

    /// `aggregate` with closures that may fail: they return a `Result`, and an `Err` goes to the
    /// process handler.
    pub fn try_aggregate<A: StreamData, E>(
        &self,
        initializer: impl FnMut() -> A,
        adder: impl FnMut(&K, &V, A) -> Result<A, E>,
        subtractor: impl FnMut(&K, &V, A) -> Result<A, E>,
    ) -> Behind<Plain<K, A::Stored>, Aggregated> {
        let _ = (initializer, adder, subtractor);
        shown()
    }
}

impl<K, A: StreamData> Cogrouped<K, A> {
    closure_methods! {
        /// Adds a grouped stream with a closure of its own; all fold into the same aggregate.
        ///
        /// Kafka Streams: `CogroupedKStream.cogroup`.
        fn cogroup, try_cogroup, cogroup__4, try_cogroup__4[; K2, V2](
            grouped: Grouped<K2, V2>, |&K2, &V2, A| A
        ) -> Behind<Cogrouped<K, A>, Cogrouping>;
    }

    /// Ends the cogroup: `initializer` makes the aggregate of a new key.
    ///
    /// Kafka Streams: `CogroupedKStream.aggregate`.
    pub fn aggregate(&self, initializer: impl FnMut() -> A) -> Behind<Table<K, A::Stored>, CogroupAggregated> {
        let _ = initializer;
        shown()
    }

    #[doc(hidden)]
    pub fn aggregate__1(&self, initializer: impl FnMut(Cx<'_>) -> A) -> Behind<Table<K, A::Stored>, CogroupAggregated> {
        let _ = initializer;
        shown()
    }

    /// Cuts the records of each key into windows of event time; `aggregate` follows.
    ///
    /// Kafka Streams: `CogroupedKStream.windowedBy`.
    pub fn windowed_by<W: Windows>(&self, windows: W) -> CogroupedInWindows<K, A, W> {
        let _ = windows;
        shown()
    }
}

impl<K, A: StreamData, W: OfCogroup> CogroupedInWindows<K, A, W> {
    #[doc(hidden)]
    pub fn aggregate__1(&self, initializer: impl FnMut(Cx<'_>) -> A) -> Behind<Table<WindowedKey<K>, A::Stored>, CogroupInWindows> {
        let _ = initializer;
        shown()
    }

    /// Ends the cogroup: `initializer` makes an aggregate; in sessions a merger
    /// `|key, a, b|` follows.
    ///
    /// Kafka Streams: `TimeWindowedCogroupedKStream.aggregate`.
    pub fn aggregate(&self, initializer: impl FnMut() -> A) -> Behind<Table<WindowedKey<K>, A::Stored>, CogroupInWindows> {
        let _ = initializer;
        shown()
    }
}

impl<K, A: StreamData> CogroupedInWindows<K, A, SessionWindows> {
    any_closures!(aggregate__any2[](a, b) -> Behind<Table<WindowedKey<K, SessionWindow>, A::Stored>, CogroupInWindows>);

    /// Ends the cogroup: `initializer` makes an aggregate, `merger` takes key and both aggregates.
    ///
    /// Kafka Streams: `SessionWindowedCogroupedKStream.aggregate`.
    pub fn aggregate(
        &self,
        initializer: impl FnMut() -> A,
        merger: impl FnMut(&K, A, A) -> A,
    ) -> Behind<Table<WindowedKey<K, SessionWindow>, A::Stored>, CogroupInWindows> {
        let _ = (initializer, merger);
        shown()
    }
}

/// Windows that are no sessions.
pub trait OfCogroup {}

impl OfCogroup for crate::windows::TimeWindows {}
impl OfCogroup for crate::windows::UnlimitedWindows {}
impl OfCogroup for crate::windows::SlidingWindows {}
impl<W: CustomWindows> OfCogroup for crate::windows::Custom<W> {}

/// A grouped stream in windows, in the types of this module.
pub trait Shown {
    /// The type here.
    type As;
}

impl<K: ?Sized, V: ?Sized, W> Shown for TimeWindowedStream<K, V, W> {
    type As = Windowed<K, V>;
}

impl<K: ?Sized, V: ?Sized> Shown for SlidingWindowedStream<K, V> {
    type As = WindowedSliding<K, V>;
}

impl<K: ?Sized, V: ?Sized> Shown for SessionWindowedStream<K, V> {
    type As = WindowedSessions<K, V>;
}
