//! `join`, `left_join` and `outer_join` of two streams: records of one key that are near enough in time.

mod itself;
mod node;

use std::marker::PhantomData;

use streams_macros::with_cx;

pub use itself::{JoinItself, JoinItselfNode};
pub use node::{JoinedStreams, LeftRecords, RightRecords};

use super::joiner::{Inner, InnerWithKey, Left, LeftWithKey, Outer, OuterWithKey};
use super::settle::{Plain, Try};
use crate::codec::{KeyData, StreamData};
use crate::error::Failure;
use crate::handles::Stream;
use crate::windows::{IntoJoinWindows, JoinWindows};

/// Both sides of a join of streams have the same key type. Of an inner or left join one side may have keys that are null where the other has none.
#[diagnostic::on_unimplemented(
    message = "join: the keys of the streams are `{Self}` and `{OK}`",
    label = "keys of different types",
    note = "change the key of one of them first: `.select_key(..)` (a repartition topic is then inserted); an outer join takes null keys on both sides or on neither"
)]
pub trait SameStreamKey<OK: ?Sized> {
    /// The operator `O`, if the keys fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<K: ?Sized> SameStreamKey<K> for K {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

/// A join before it is attached.
impl<K: StreamData + ?Sized, V: ?Sized> Stream<K, V> {
    /// The keys of both sides of a join are of one type.
    #[doc(hidden)]
    pub fn meets_records<OK, OV>(&self, _: &Stream<OK, OV>)
    where
        OK: StreamData + ?Sized,
        OV: ?Sized,
        K::Stored: SameStreamKey<OK::Stored>,
    {
    }
}

type Operator<K, V, OK, OV, J, R, M> = JoinStreams<K, V, OK, OV, J, R, M>;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `join(stream, |left, right| …, windows)`.
    ///
    /// Joins each record with those of the other stream that have its key and lie in its window.
    ///
    /// Kafka Streams: `KStream.join(KStream, ValueJoiner, JoinWindows)`. Each pair makes one result, when the later one of it comes. Records
    /// with a null key or value are left out and counted as dropped. A result has the later of both times and the headers of the record that came
    /// last. Late records are joined as well, with what is still kept: each side keeps its records for the width of the windows and their grace,
    /// reckoned from its own latest one. Those that a record meets come in the order of time, then of arrival.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn orders() -> Orders {
    ///         let orders: Stream<u64, String> = stream("orders");
    ///         let payments: Stream<u64, i64> = stream("payments");
    ///         let paid = orders.join(payments, |order, cents| format!("{order}: {cents}"), within(minutes(5)).grace(minutes(1)));
    ///         paid.to("paid");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(orders())?;
    /// driver.input::<u64, str>("orders")?.pipe_at(&7, "tea", 0)?;
    /// driver.input::<u64, i64>("payments")?.pipe_at(&7, &350, 60_000)?;
    /// let paid = driver.output::<u64, String>("paid").read().map(|record| record.value);
    /// assert_eq!(paid, Some("tea: 350".to_owned()));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[with_cx]
    pub fn join_stream<OK, OV, V2, F, J>(&self, other: &Stream<OK, OV>, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, Inner<F>, V2, Plain>> = J>,
        F: FnMut(&V::Stored, &OV::Stored) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(Inner(f), windows, "join")))
    }

    /// In `topology!` this is written `try_join(stream, |left, right| …, windows)`.
    ///
    /// `join_stream` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_stream<OK, OV, V2, E, F, J>(&self, other: &Stream<OK, OV>, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, Inner<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Stored, &OV::Stored) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(Inner(f), windows, "try_join")))
    }

    /// In `topology!` this is written `join(stream, |key, left, right| …, windows)`.
    ///
    /// `join_stream` with a closure that sees the key as well: `|key, left, right|`.
    ///
    /// Kafka Streams: `KStream.join(KStream, ValueJoinerWithKey, JoinWindows)`.
    #[with_cx]
    pub fn join_stream_with_key<OK, OV, V2, F, J>(&self, other: &Stream<OK, OV>, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, InnerWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K::Present, &V::Stored, &OV::Stored) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(InnerWithKey(f), windows, "join")))
    }

    /// In `topology!` this is written `try_join(stream, |key, left, right| …, windows)`.
    ///
    /// `join_stream_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_stream_with_key<OK, OV, V2, E, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, InnerWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K::Present, &V::Stored, &OV::Stored) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(InnerWithKey(f), windows, "try_join")))
    }

    /// In `topology!` this is written `left_join(stream, |left, right| …, windows)`.
    ///
    /// `join_stream` in which a record of this stream that finds no partner is joined with `None`, when its window has closed.
    ///
    /// Kafka Streams: `KStream.leftJoin(KStream)`, without the throttling to once a second of
    /// wall-clock time of the look for closed windows. The join has one stream time: the largest
    /// timestamp of the records of both sides, also of those that are left out. A window has closed
    /// when its end and the grace lie before that time; whether there are such is looked at when a
    /// record moves the stream time, and they come in the order of time, then of the keys' bytes.
    /// Their results have their own times and the headers of the record that closed them. One that
    /// comes when its window has ended already is joined with `None` at once, although a partner
    /// within the grace is then joined with it as well; with `.hold_unmatched()` behind the join it
    /// waits, too. At once comes also the result of one with a null key; a null key on the other
    /// side and null values are left out and counted as dropped.
    ///
    /// What waits survives a restart, and so does the stream time as far as the stores tell it.
    #[with_cx]
    pub fn left_join_stream<OK, OV, V2, F, J>(&self, other: &Stream<OK, OV>, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, Left<F>, V2, Plain>> = J>,
        F: FnMut(&V::Stored, Option<&OV::Stored>) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(Left(f), windows, "left_join")))
    }

    /// In `topology!` this is written `try_left_join(stream, |left, right| …, windows)`.
    ///
    /// `left_join_stream` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_stream<OK, OV, V2, E, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, Left<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Stored, Option<&OV::Stored>) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(Left(f), windows, "try_left_join")))
    }

    /// In `topology!` this is written `left_join(stream, |key, left, right| …, windows)`.
    ///
    /// `left_join_stream` with a closure that sees the key as well, which may be null: `|key, left, right|`.
    ///
    /// Kafka Streams: `KStream.leftJoin(KStream, ValueJoinerWithKey, JoinWindows)`.
    #[with_cx]
    pub fn left_join_stream_with_key<OK, OV, V2, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, LeftWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K, &V::Stored, Option<&OV::Stored>) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(LeftWithKey(f), windows, "left_join")))
    }

    /// In `topology!` this is written `try_left_join(stream, |key, left, right| …, windows)`.
    ///
    /// `left_join_stream_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_stream_with_key<OK, OV, V2, E, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K::Stored: KeyData,
        K::Stored: SameStreamKey<OK::Stored>,
        K::Stored: SameStreamKey<OK::Stored, Operator<Operator<K, V, OK, OV, LeftWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &V::Stored, Option<&OV::Stored>) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K::Stored as SameStreamKey<OK::Stored>>::op(JoinStreams::new(LeftWithKey(f), windows, "try_left_join")))
    }

    /// In `topology!` this is written `outer_join(stream, |left, right| …, windows)`.
    ///
    /// `left_join_stream` in which records of either stream that find no partner are joined with `None`; at least one of the closure's arguments is
    /// `Some`. Records that wait come in the order of time, then those of the other stream before those of this one, then of the keys' bytes.
    ///
    /// Kafka Streams: `KStream.outerJoin(KStream)`. Records with a null key are joined with `None` at once, so both streams must have places for
    /// null keys or neither.
    #[with_cx]
    pub fn outer_join_stream<OK, OV, V2, F, J>(&self, other: &Stream<OK, OV>, f: F, windows: impl IntoJoinWindows) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K: SameStreamKey<OK>,
        K: SameStreamKey<OK, Operator<Operator<K, V, OK, OV, Outer<F>, V2, Plain>> = J>,
        F: FnMut(Option<&V::Stored>, Option<&OV::Stored>) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K as SameStreamKey<OK>>::op(JoinStreams::new(Outer(f), windows, "outer_join")))
    }

    /// In `topology!` this is written `try_outer_join(stream, |left, right| …, windows)`.
    ///
    /// `outer_join_stream` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_outer_join_stream<OK, OV, V2, E, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K: SameStreamKey<OK>,
        K: SameStreamKey<OK, Operator<Operator<K, V, OK, OV, Outer<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(Option<&V::Stored>, Option<&OV::Stored>) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K as SameStreamKey<OK>>::op(JoinStreams::new(Outer(f), windows, "try_outer_join")))
    }

    /// In `topology!` this is written `outer_join(stream, |key, left, right| …, windows)`.
    ///
    /// `outer_join_stream` with a closure that sees the key as well, which may be null: `|key, left, right|`.
    ///
    /// Kafka Streams: `KStream.outerJoin(KStream, ValueJoinerWithKey, JoinWindows)`.
    #[with_cx]
    pub fn outer_join_stream_with_key<OK, OV, V2, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K: SameStreamKey<OK>,
        K: SameStreamKey<OK, Operator<Operator<K, V, OK, OV, OuterWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K, Option<&V::Stored>, Option<&OV::Stored>) -> V2,
    {
        let _ = other;
        (Stream::handle(), <K as SameStreamKey<OK>>::op(JoinStreams::new(OuterWithKey(f), windows, "outer_join")))
    }

    /// In `topology!` this is written `try_outer_join(stream, |key, left, right| …, windows)`.
    ///
    /// `outer_join_stream_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_outer_join_stream_with_key<OK, OV, V2, E, F, J>(
        &self,
        other: &Stream<OK, OV>,
        f: F,
        windows: impl IntoJoinWindows,
    ) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        OK: StreamData + ?Sized,
        OV: StreamData + ?Sized,
        K: SameStreamKey<OK>,
        K: SameStreamKey<OK, Operator<Operator<K, V, OK, OV, OuterWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, Option<&V::Stored>, Option<&OV::Stored>) -> Result<V2, E>,
    {
        let _ = other;
        (Stream::handle(), <K as SameStreamKey<OK>>::op(JoinStreams::new(OuterWithKey(f), windows, "try_outer_join")))
    }
}

/// The operator before it is attached to what follows.
pub struct JoinStreams<K: ?Sized, V: ?Sized, OK: ?Sized, OV: ?Sized, J, R, M> {
    joiner: J,
    windows: JoinWindows,
    holds_unmatched: bool,
    node: &'static str,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>, PhantomData<OK>, PhantomData<OV>, R, M)>,
}

impl<K: ?Sized, V: ?Sized, OK: ?Sized, OV: ?Sized, J, R, M> JoinStreams<K, V, OK, OV, J, R, M> {
    fn new(joiner: J, windows: impl IntoJoinWindows, node: &'static str) -> Self {
        JoinStreams { joiner, windows: windows.into_join_windows(), holds_unmatched: false, node, types: PhantomData }
    }

    /// In `topology!` this is written `.hold_unmatched()` behind a left or outer join of streams.
    ///
    /// Every record without a partner waits until its window and the grace are over, so that no
    /// record is joined both with `None` and with a partner.
    ///
    /// Without it, as in Kafka Streams, a record that comes when its window has ended is joined
    /// with `None` at once, although the grace goes on; a partner that comes then is joined with it
    /// as well. With it the record waits like any other. It is joined with `None` by the first
    /// record, of either side, that moves the stream time past its window and the grace, and has
    /// left the join by then: a partner that is later than the grace does not find it any more. A
    /// record that itself comes after its window and the grace, and finds no partner, is joined
    /// with `None` at once.
    ///
    /// Kafka Streams has nothing like it. The changelogs have the same rows, and a deletion for
    /// each record that found no partner.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn orders() -> Orders {
    ///         let orders: Stream<String, String> = stream("orders");
    ///         let payments: Stream<String, i64> = stream("payments");
    ///         let paid = orders
    ///             .left_join(payments, |order, cents| format!("{order}: {cents:?}"), within(seconds(50)).grace(seconds(100)))
    ///             .hold_unmatched();
    ///         paid.to("paid");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(orders())?;
    /// let (orders, payments) = (driver.input::<str, str>("orders")?, driver.input::<str, i64>("payments")?);
    /// payments.pipe_at("another", &7, 200_000)?;
    /// // The window of this order has ended at 170 s, its grace ends at 270 s.
    /// orders.pipe_at("ann", "tea", 120_000)?;
    /// payments.pipe_at("ann", &350, 121_000)?;
    /// orders.pipe_at("end", "end", 400_000)?;
    /// let paid: Vec<String> = driver.output::<String, String>("paid").read_pairs().into_iter().map(|(_, paid)| paid).collect();
    /// assert_eq!(paid, ["tea: Some(350)"]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[must_use]
    pub fn hold_unmatched(mut self) -> Self {
        self.holds_unmatched = true;
        self
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }
}
