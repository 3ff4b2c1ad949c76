//! Processors with several outputs: typed ways out, one per stream that they give.

use std::marker::PhantomData;

use super::forward::{Forward, Outlet};
use super::{ProcessorContext, Record, ScheduleId, StoreHandles};
use crate::context::Context;
use crate::error::{BoxError, Flow};
use crate::handles::Stream;
use crate::node::{Push, Signal};

/// One output of a [`BranchingProcessor`]: the key and value of what is forwarded there.
pub struct Out<K: ?Sized, V: ?Sized>(PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>);

/// Code that runs for every record of a stream and has several outputs, each a stream of its own type:
/// `let (first, second) = stream.process(processor, stores);`.
///
/// Kafka Streams: a processor that forwards to children by name. Otherwise as [`Processor`](super::Processor).
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// /// Readings that are numbers, and all others as they came.
/// struct Parse;
///
/// impl BranchingProcessor<String, String> for Parse {
///     type Outputs = (Out<String, f64>, Out<String, String>);
///     type Stores = ();
///
///     fn process<O: Outlets<Self::Outputs>>(
///         &mut self,
///         record: Record<'_, String, String>,
///         cx: &mut ProcessorContext<'_, ()>,
///         out: &mut O,
///     ) -> Result<(), BoxError> {
///         let (numbers, others) = out.ways();
///         match record.value.parse() {
///             Ok(number) => numbers.forward(cx, record.key, &number),
///             Err(_) => others.forward(cx, record.key, record.value),
///         }
///         Ok(())
///     }
/// }
///
/// topology! {
///     fn readings() -> Readings {
///         let readings: Stream<String, String> = stream("readings");
///         let (numbers, others) = readings.process(Parse);
///         numbers.to("numbers");
///         others.to("others");
///     }
/// }
///
/// let driver = TestDriver::new(readings())?;
/// driver.input::<str, str>("readings")?.pipe("cellar", "11.5")?;
/// driver.input::<str, str>("readings")?.pipe("cellar", "wet")?;
/// assert_eq!(driver.output::<String, f64>("numbers").read().map(|r| r.value), Some(11.5));
/// assert_eq!(driver.output::<String, String>("others").read().map(|r| r.value), Some("wet".to_owned()));
/// # Ok::<(), streams_test::DriverError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a processor with several outputs for a stream of key `{K}` and value `{V}`",
    label = "not a processor with several outputs of this stream",
    note = "a `Processor` has one output: bind it with one name, without parentheses",
    note = "for several, implement `BranchingProcessor<{K}, {V}>` for it"
)]
pub trait BranchingProcessor<K: ?Sized, V: ?Sized>: 'static {
    /// Its outputs, in the order of the topology: `(Out<K1, V1>, Out<K2, V2>)`.
    type Outputs: Outputs;
    /// Handles of the stores it is connected to: `()`, one handle, or a tuple of them, in the order of the topology.
    type Stores: StoreHandles;

    /// Called once before the first record, with the stores restored: the place to make schedules.
    ///
    /// # Errors
    /// Any; the task then stops.
    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = cx;
        Ok(())
    }

    /// Called for every record.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError>;

    /// Called when a schedule is due, with the stream time or the wall-clock time.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn punctuate<O: Outlets<Self::Outputs>>(
        &mut self,
        schedule: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let _ = (schedule, time_ms, cx, out);
        Ok(())
    }

    /// Called once when the task ends.
    fn close(&mut self) {}
}

/// The outputs of a processor: a tuple of up to eight [`Out`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say the outputs of a processor",
    label = "not outputs",
    note = "write a tuple of one to eight: `(Out<K1, V1>, Out<K2, V2>)`"
)]
pub trait Outputs: 'static {
    /// Key of the first.
    type Key: ?Sized + 'static;
    /// Value of the first.
    type Value: ?Sized + 'static;
    /// Those after the first.
    type Rest: Outputs;
    /// The streams that they are.
    type Streams;
    /// What [`Outlets::ways`] gives: one way out for each, as a tuple.
    type Ways<'o, O: Outlets<Self> + 'o>;

    #[doc(hidden)]
    fn streams() -> Self::Streams;
    #[doc(hidden)]
    fn ways<O: Outlets<Self>>(out: &mut O) -> Self::Ways<'_, O>;
}

/// The ways out of a [`BranchingProcessor`].
pub trait Outlets<T: Outputs + ?Sized> {
    /// The first way out.
    type First: Forward<T::Key, T::Value>;
    /// Those after the first.
    type Rest: Outlets<T::Rest>;

    /// The first, and those after it.
    fn split(&mut self) -> (&mut Self::First, &mut Self::Rest);

    /// All, to be named: `let (alerts, readings) = out.ways();`. Where all take the same types, `out.ways().forward(…)` forwards to each.
    fn ways(&mut self) -> T::Ways<'_, Self>
    where
        Self: Sized,
    {
        T::ways(self)
    }
}

/// Behind the last output.
pub(super) type End = [(); 0];

impl Outputs for () {
    type Key = ();
    type Value = ();
    type Rest = ();
    type Streams = ();
    type Ways<'o, O: Outlets<()> + 'o> = ();

    fn streams() {}
    fn ways<O: Outlets<()>>(_: &mut O) {}
}

impl Forward<(), ()> for End {
    fn forward(&mut self, _: &mut Context, (): &(), (): &()) {}
}

impl Outlets<()> for End {
    type First = End;
    type Rest = End;

    fn split(&mut self) -> (&mut End, &mut End) {
        (&mut [], &mut [])
    }
}

/// A way out and those after it.
pub struct Ways<A, R>(pub(super) A, pub(super) R);

impl<T: Outputs, A: Forward<T::Key, T::Value>, R: Outlets<T::Rest>> Outlets<T> for Ways<A, R> {
    type First = A;
    type Rest = R;

    #[inline]
    fn split(&mut self) -> (&mut A, &mut R) {
        (&mut self.0, &mut self.1)
    }
}

/// Where the outputs of a processor lead: a tuple of nodes.
pub trait OutputNodes<T: Outputs> {
    #[doc(hidden)]
    type Outlets<'n>: Outlets<T>
    where
        Self: 'n;

    #[doc(hidden)]
    fn outlets(&mut self) -> Self::Outlets<'_>;
    #[doc(hidden)]
    fn failed(outlets: &Self::Outlets<'_>) -> bool;
    #[doc(hidden)]
    fn finish(outlets: Self::Outlets<'_>) -> Flow;
    #[doc(hidden)]
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow;
}

/// `Ways<A, Ways<B, End>>`
macro_rules! nested {
    ($outer:ident;) => { End };
    ($outer:ident; $first:ty $(, $rest:ty)*) => { $outer<$first, nested!($outer; $($rest),*)> };
}

macro_rules! nested_values {
    () => { [] };
    ($first:expr $(, $rest:expr)*) => { Ways($first, nested_values!($($rest),*)) };
}

/// Binds each way out of `$out` to the name of its type.
macro_rules! split_all {
    ($out:expr; $first:ident) => {
        let ($first, _) = $out.split();
    };
    ($out:expr; $first:ident $(, $rest:ident)+) => {
        let ($first, rest) = $out.split();
        split_all!(rest; $($rest),+);
    };
}

/// `Ways(a, Ways(b, _))`
macro_rules! ways_pattern {
    () => { _ };
    ($first:ident $(, $rest:ident)*) => { Ways($first, ways_pattern!($($rest),*)) };
}

// Processors that keep the key have the same ways out.
pub(super) use {nested, nested_values, split_all, ways_pattern};

/// `O::First`, `<O::Rest as Outlets<…>>::First`, … as a tuple of references.
macro_rules! first_of {
    ($life:lifetime, $out:ty, ($($done:tt)*);) => { ($($done)*) };
    ($life:lifetime, $out:ty, ($($done:tt)*); $k:ident $v:ident $(, $restk:ident $restv:ident)*) => {
        first_of!(
            $life, <$out as Outlets<(Out<$k, $v>, $(Out<$restk, $restv>,)*)>>::Rest,
            ($($done)* &$life mut <$out as Outlets<(Out<$k, $v>, $(Out<$restk, $restv>,)*)>>::First,);
            $($restk $restv),*
        )
    };
}

macro_rules! outputs {
    (($k:ident, $v:ident, $n:ident) $(, ($restk:ident, $restv:ident, $restn:ident))*) => {
        #[allow(non_snake_case)] // the names of types are those of their values
        impl<$k, $v $(, $restk, $restv)*> Outputs for (Out<$k, $v>, $(Out<$restk, $restv>,)*)
        where
            $k: ?Sized + 'static, $v: ?Sized + 'static, $($restk: ?Sized + 'static, $restv: ?Sized + 'static,)*
        {
            type Key = $k;
            type Value = $v;
            type Rest = outputs!(@tuple $($restk, $restv),*);
            type Streams = (Stream<$k, $v>, $(Stream<$restk, $restv>,)*);
            type Ways<'o, O: Outlets<Self> + 'o> = first_of!('o, O, (); $k $v $(, $restk $restv)*);

            fn streams() -> Self::Streams {
                (Stream::<$k, $v>::handle(), $(Stream::<$restk, $restv>::handle(),)*)
            }

            fn ways<O: Outlets<Self>>(out: &mut O) -> Self::Ways<'_, O> {
                split_all!(out; $k $(, $restk)*);
                ($k, $($restk,)*)
            }
        }

        #[allow(non_snake_case)]
        impl<K: ?Sized, V: ?Sized, $n: Forward<K, V>, $($restn: Forward<K, V>),*> Forward<K, V> for (&mut $n, $(&mut $restn,)*) {
            #[inline]
            fn forward(&mut self, cx: &mut Context, key: &K, value: &V) {
                let ($n, $($restn,)*) = self;
                $n.forward(cx, key, value);
                $($restn.forward(cx, key, value);)*
            }
        }

        #[allow(non_snake_case)]
        impl<$k, $v, $n $(, $restk, $restv, $restn)*> OutputNodes<(Out<$k, $v>, $(Out<$restk, $restv>,)*)> for ($n, $($restn,)*)
        where
            $k: ?Sized + 'static, $v: ?Sized + 'static, $n: Push<$k, $v>,
            $($restk: ?Sized + 'static, $restv: ?Sized + 'static, $restn: Push<$restk, $restv>,)*
        {
            type Outlets<'n> = nested!(Ways; Outlet<'n, $n> $(, Outlet<'n, $restn>)*) where Self: 'n;

            #[inline]
            fn outlets(&mut self) -> Self::Outlets<'_> {
                let ($n, $($restn,)*) = self;
                nested_values!(Outlet::new($n) $(, Outlet::new($restn))*)
            }

            #[inline]
            fn failed(outlets: &Self::Outlets<'_>) -> bool {
                let ways_pattern!($n $(, $restn)*) = outlets;
                $n.result.is_err() $(|| $restn.result.is_err())*
            }

            #[inline]
            fn finish(outlets: Self::Outlets<'_>) -> Flow {
                let ways_pattern!($n $(, $restn)*) = outlets;
                $n.result?;
                $($restn.result?;)*
                Ok(())
            }

            fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
                let ($n, $($restn,)*) = self;
                $n.signal(signal, cx)?;
                $($restn.signal(signal, cx)?;)*
                Ok(())
            }
        }
    };
    (@tuple) => { () };
    (@tuple $($k:ident, $v:ident),+) => { ($(Out<$k, $v>,)+) };
}

outputs!((K1, V1, N1));
outputs!((K1, V1, N1), (K2, V2, N2));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3), (K4, V4, N4));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3), (K4, V4, N4), (K5, V5, N5));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3), (K4, V4, N4), (K5, V5, N5), (K6, V6, N6));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3), (K4, V4, N4), (K5, V5, N5), (K6, V6, N6), (K7, V7, N7));
outputs!((K1, V1, N1), (K2, V2, N2), (K3, V3, N3), (K4, V4, N4), (K5, V5, N5), (K6, V6, N6), (K7, V7, N7), (K8, V8, N8));
