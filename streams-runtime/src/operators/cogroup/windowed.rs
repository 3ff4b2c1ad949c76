//! `aggregate` of a cogroup in windows.

use std::fmt;
use std::marker::PhantomData;

use streams_macros::with_cx;

use super::{CogroupRecord, CogroupState};
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::handles::{Cogrouped, Table};
use crate::node::{Node, PushChange, Signal};
use crate::operators::Call;
use crate::operators::windowed::{FixedRows, Sending, SlidingRows, WindowRows, fold_aggregate};
use crate::task::TaskBuilder;
use crate::windows::{Custom, CustomFrames, CustomWindows, SlidingWindows, TimeWindows, UnlimitedWindows, Windowed, Windows};

impl<K, A: OwnedData> Cogrouped<K, A> {
    /// Cuts the records of each key into windows of event time; `aggregate` follows. Each stream has its own stream time, by which its own
    /// records are late.
    ///
    /// Kafka Streams: `CogroupedKStream.windowedBy`.
    pub fn windowed_by<W: Windows>(&self, windows: W) -> W::OverCogroup<K, A> {
        windows.over_cogroup()
    }

    /// [`windowed_by`](Self::windowed_by) for generated code, which has one value for all that
    /// aggregates in the windows.
    #[doc(hidden)]
    pub fn in_windows<W: Windows>(&self, windows: &W) -> W::OverCogroup<K, A> {
        windows.clone().over_cogroup()
    }
}

/// Windows of a cogroup.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says no windows",
    label = "no windows",
    note = "`tumbling(size)`, `hopping(size, advance)`, `sliding(difference)` and `unlimited()` do, and `custom(windows)` of windows of your own"
)]
pub trait CogroupWindows: Clone {
    /// A store of such windows at work.
    type Rows<K, V>: WindowRows<K, V>
    where
        K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        V: StreamData<Stored = V> + Clone + 'static;

    /// Makes the store of this name.
    fn rows<K, V>(self, b: &mut TaskBuilder<'_>, name: &str) -> Self::Rows<K, V>
    where
        K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        V: StreamData<Stored = V> + Clone + 'static;
}

macro_rules! cogroup_windows {
    ($($(@$own:ident)? $windows:ty => $rows:ident $(($frames:ty))?, $self:ident $given:expr;)*) => {$(
        impl$(<$own: CustomWindows>)? CogroupWindows for $windows {
            type Rows<K, V>
                = $rows<K, V $(, $frames)?>
            where
                K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
                V: StreamData<Stored = V> + Clone + 'static;

            fn rows<K, V>($self, b: &mut TaskBuilder<'_>, name: &str) -> $rows<K, V $(, $frames)?>
            where
                K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
                V: StreamData<Stored = V> + Clone + 'static,
            {
                $rows::new(b, name, $given, Sending::default())
            }
        }
    )*};
}
cogroup_windows! {
    TimeWindows => FixedRows, self self.frames();
    UnlimitedWindows => FixedRows, self self.frames();
    SlidingWindows => SlidingRows, self self;
    @W Custom<W> => FixedRows(CustomFrames<W>), self self.frames();
}

/// Grouped streams that are folded into one aggregate for each key and window: `aggregate` makes a table of them, keyed by [`Windowed`].
pub struct WindowedCogroup<W, K, A> {
    pub(super) windows: W,
    types: PhantomData<fn() -> (K, A)>,
}

impl<W, K, A> WindowedCogroup<W, K, A> {
    pub(crate) fn new(windows: W) -> Self {
        WindowedCogroup { windows, types: PhantomData }
    }
}

impl<W: Clone, K, A> Clone for WindowedCogroup<W, K, A> {
    fn clone(&self) -> Self {
        WindowedCogroup { windows: self.windows.clone(), types: PhantomData }
    }
}

impl<W: Copy, K, A> Copy for WindowedCogroup<W, K, A> {}

impl<W: fmt::Debug, K, A> fmt::Debug for WindowedCogroup<W, K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WindowedCogroup({:?})", self.windows)
    }
}

impl<W, K, A> WindowedCogroup<W, K, A>
where
    W: CogroupWindows,
    K: StreamData<Stored = K>,
    A: OwnedData,
{
    /// Ends the cogroup: `initializer` makes the aggregate of a key and window without one. An aggregate of type `Option<A>` that is `None` deletes
    /// the row.
    ///
    /// Kafka Streams: `TimeWindowedCogroupedKStream.aggregate`, `SlidingWindowedCogroupedKStream.aggregate`. Nulls, times, headers and late records are as
    /// in [`TimeWindowedStream`](crate::operators::TimeWindowedStream) and [`SlidingWindowedStream`](crate::operators::SlidingWindowedStream).
    #[with_cx]
    pub fn aggregate<I>(&self, initializer: I) -> (Table<Windowed<K>, A::Stored>, WindowedCogroupAggregate<W, K, A, I>)
    where
        I: FnMut() -> A,
    {
        (Table::handle(), WindowedCogroupAggregate { windows: self.windows.clone(), initializer, types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct WindowedCogroupAggregate<W, K, A, I> {
    windows: W,
    initializer: I,
    types: PhantomData<fn() -> (K, A)>,
}

impl<W, K, A, I> WindowedCogroupAggregate<W, K, A, I>
where
    W: CogroupWindows,
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    A: OwnedData,
{
    /// Says where in the topology this is; the inputs do so in error messages.
    #[must_use]
    pub fn at(self, _: &'static str) -> Self {
        self
    }

    /// Makes the node, with the window store `name`, that hands its results to `next`.
    pub fn attach<N>(
        self,
        b: &mut TaskBuilder<'_>,
        name: &str,
        next: N,
    ) -> WindowedCogroupAggregateNode<W::Rows<K, A::Stored>, K, A, I, N> {
        let rows = self.windows.rows(b, name);
        WindowedCogroupAggregateNode { rows, initializer: self.initializer, next, types: PhantomData }
    }
}

/// The operator at work.
pub struct WindowedCogroupAggregateNode<R, K, A, I, N> {
    rows: R,
    initializer: I,
    next: N,
    types: PhantomData<fn() -> (K, A)>,
}

impl<R, K, A, I, N> Node for WindowedCogroupAggregateNode<R, K, A, I, N>
where
    R: WindowRows<K, A::Stored>,
    K: StreamData,
    A: OwnedData,
    N: PushChange<Windowed<K>, A::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        if matches!(signal, Signal::Flush) {
            self.rows.flush(&mut self.next, cx)?;
        }
        self.next.signal(signal, cx)
    }
}

impl<R, K, A, I, N> CogroupState<K, A> for WindowedCogroupAggregateNode<R, K, A, I, N>
where
    R: WindowRows<K, A::Stored>,
    K: StreamData,
    A: OwnedData,
    I: Call<(), A>,
    N: PushChange<Windowed<K>, A::Stored>,
{
    #[inline]
    fn take<Q, F>(&mut self, record: CogroupRecord<'_, Q>, cx: &mut Context, mut step: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(A, &mut Context) -> Result<Option<A>, Box<TaskError>>,
    {
        let CogroupRecord { key, null_value, stream_time_ms, may_fail, sees_cx } = record;
        if null_value && R::DROPS_NULL_VALUES {
            return self.rows.drop_record(DropReason::NullValue, cx);
        }
        let initializer = &mut self.initializer;
        self.rows.assume_old(cx, |cx| initializer.call_aside((), cx).into_stored());
        self.rows.take(key, stream_time_ms, &mut self.next, cx, sees_cx || I::SEES_CX, |row, cx| {
            fold_aggregate(row, |cx| initializer.call((), cx), may_fail, &mut step, cx)
        })
    }
}
