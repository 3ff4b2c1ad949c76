//! Processors that keep the key and have several outputs: typed ways out, one per stream that they give.

use std::marker::PhantomData;

use super::forward::{FixedKeyOutlet, ForwardValue};
use super::outputs::{End, Ways, nested, nested_values, split_all, ways_pattern};
use super::{ProcessorContext, Record, ScheduleId, StoreHandles};
use crate::context::Context;
use crate::error::{BoxError, Flow};
use crate::handles::Stream;
use crate::node::{Push, Signal};

/// One output of a [`BranchingFixedKeyProcessor`]: the value of what is forwarded there, under the record's key.
pub struct OutValue<V: ?Sized>(PhantomData<fn() -> PhantomData<V>>);

/// Code that runs for every record of a stream, keeps its key and has several outputs, each a stream of its own type:
/// `let (first, second) = stream.process_values(processor, stores);`.
///
/// Kafka Streams: a fixed-key processor that forwards to children by name. Otherwise as [`FixedKeyProcessor`](super::FixedKeyProcessor): no
/// repartition follows.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// /// Readings that are numbers, and all others as they came.
/// struct Parse;
///
/// impl BranchingFixedKeyProcessor<String, String> for Parse {
///     type Outputs = (OutValue<f64>, OutValue<String>);
///     type Stores = ();
///
///     fn process<O: ValueOutlets<Self::Outputs>>(
///         &mut self,
///         record: Record<'_, String, String>,
///         cx: &mut ProcessorContext<'_, ()>,
///         out: &mut O,
///     ) -> Result<(), BoxError> {
///         let (numbers, others) = out.ways();
///         match record.value.parse() {
///             Ok(number) => numbers.forward(cx, &number),
///             Err(_) => others.forward(cx, record.value),
///         }
///         Ok(())
///     }
/// }
///
/// topology! {
///     fn readings() -> Readings {
///         let readings: Stream<String, String> = stream("readings");
///         let (numbers, others) = readings.process_values(Parse);
///         let sums: Table<String, f64> = numbers.group_by_key().reduce(|sum, number| sum + number);
///         sums.to_stream().to("sums");
///         others.to("others");
///     }
/// }
///
/// let driver = TestDriver::new(readings())?;
/// for reading in ["11.5", "wet", "0.5"] {
///     driver.input::<str, str>("readings")?.pipe("cellar", reading)?;
/// }
/// assert_eq!(driver.store(Readings::SUMS)?.get("cellar"), Some(12.0));
/// assert_eq!(driver.output::<String, String>("others").read().map(|r| r.value), Some("wet".to_owned()));
/// # Ok::<(), streams_test::DriverError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fixed-key processor with several outputs for a stream of key `{K}` and value `{V}`",
    label = "not a fixed-key processor with several outputs of this stream",
    note = "a `FixedKeyProcessor` has one output: bind it with one name, without parentheses",
    note = "for several, implement `BranchingFixedKeyProcessor<{K}, {V}>` for it"
)]
pub trait BranchingFixedKeyProcessor<K: ?Sized, V: ?Sized>: 'static {
    /// Its outputs, in the order of the topology: `(OutValue<V1>, OutValue<V2>)`.
    type Outputs: ValueOutputs;
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

    /// Called for every record; what it forwards has the record's key.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn process<O: ValueOutlets<Self::Outputs>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError>;

    /// Called when a schedule is due. There is no record, hence no key, so nothing can be forwarded.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn punctuate(&mut self, schedule: ScheduleId, time_ms: i64, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = (schedule, time_ms, cx);
        Ok(())
    }

    /// Called once when the task ends.
    fn close(&mut self) {}
}

/// The outputs of a processor that keeps the key: a tuple of up to eight [`OutValue`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say the outputs of a fixed-key processor",
    label = "not outputs",
    note = "write a tuple of one to eight: `(OutValue<V1>, OutValue<V2>)`"
)]
pub trait ValueOutputs: 'static {
    /// Value of the first.
    type Value: ?Sized + 'static;
    /// Those after the first.
    type Rest: ValueOutputs;
    /// The streams that they are, of a stream with this key.
    type Streams<K: ?Sized>;
    /// What [`ValueOutlets::ways`] gives: one way out for each, as a tuple.
    type Ways<'o, O: ValueOutlets<Self> + 'o>;

    #[doc(hidden)]
    fn streams<K: ?Sized>() -> Self::Streams<K>;
    #[doc(hidden)]
    fn ways<O: ValueOutlets<Self>>(out: &mut O) -> Self::Ways<'_, O>;
}

/// The ways out of a [`BranchingFixedKeyProcessor`].
pub trait ValueOutlets<T: ValueOutputs + ?Sized> {
    /// The first way out.
    type First: ForwardValue<T::Value>;
    /// Those after the first.
    type Rest: ValueOutlets<T::Rest>;

    /// The first, and those after it.
    fn split(&mut self) -> (&mut Self::First, &mut Self::Rest);

    /// All, to be named: `let (alerts, readings) = out.ways();`. Where all take the same type, `out.ways().forward(…)` forwards to each.
    fn ways(&mut self) -> T::Ways<'_, Self>
    where
        Self: Sized,
    {
        T::ways(self)
    }
}

impl ValueOutputs for () {
    type Value = ();
    type Rest = ();
    type Streams<K: ?Sized> = ();
    type Ways<'o, O: ValueOutlets<()> + 'o> = ();

    fn streams<K: ?Sized>() {}
    fn ways<O: ValueOutlets<()>>(_: &mut O) {}
}

impl ForwardValue<()> for End {
    fn forward(&mut self, _: &mut Context, (): &()) {}
}

impl ValueOutlets<()> for End {
    type First = End;
    type Rest = End;

    fn split(&mut self) -> (&mut End, &mut End) {
        (&mut [], &mut [])
    }
}

impl<T: ValueOutputs, A: ForwardValue<T::Value>, R: ValueOutlets<T::Rest>> ValueOutlets<T> for Ways<A, R> {
    type First = A;
    type Rest = R;

    #[inline]
    fn split(&mut self) -> (&mut A, &mut R) {
        (&mut self.0, &mut self.1)
    }
}

/// Where the outputs of a processor lead that keeps the key: a tuple of nodes.
pub trait ValueOutputNodes<K: ?Sized, T: ValueOutputs> {
    #[doc(hidden)]
    type Outlets<'n>: ValueOutlets<T>
    where
        Self: 'n,
        K: 'n;

    #[doc(hidden)]
    fn outlets<'n>(&'n mut self, key: &'n K) -> Self::Outlets<'n>;
    #[doc(hidden)]
    fn failed(outlets: &Self::Outlets<'_>) -> bool;
    #[doc(hidden)]
    fn finish(outlets: Self::Outlets<'_>) -> Flow;
    #[doc(hidden)]
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow;
}

/// `O::First`, `<O::Rest as ValueOutlets<…>>::First`, … as a tuple of references.
macro_rules! first_of {
    ($life:lifetime, $out:ty, ($($done:tt)*);) => { ($($done)*) };
    ($life:lifetime, $out:ty, ($($done:tt)*); $v:ident $(, $rest:ident)*) => {
        first_of!(
            $life, <$out as ValueOutlets<(OutValue<$v>, $(OutValue<$rest>,)*)>>::Rest,
            ($($done)* &$life mut <$out as ValueOutlets<(OutValue<$v>, $(OutValue<$rest>,)*)>>::First,);
            $($rest),*
        )
    };
}

macro_rules! value_outputs {
    (($v:ident, $n:ident) $(, ($restv:ident, $restn:ident))*) => {
        #[allow(non_snake_case)] // the names of types are those of their values
        impl<$v: ?Sized + 'static $(, $restv: ?Sized + 'static)*> ValueOutputs for (OutValue<$v>, $(OutValue<$restv>,)*) {
            type Value = $v;
            type Rest = ($(OutValue<$restv>,)*);
            type Streams<K: ?Sized> = (Stream<K, $v>, $(Stream<K, $restv>,)*);
            type Ways<'o, O: ValueOutlets<Self> + 'o> = first_of!('o, O, (); $v $(, $restv)*);

            fn streams<K: ?Sized>() -> Self::Streams<K> {
                (Stream::<K, $v>::handle(), $(Stream::<K, $restv>::handle(),)*)
            }

            fn ways<O: ValueOutlets<Self>>(out: &mut O) -> Self::Ways<'_, O> {
                split_all!(out; $v $(, $restv)*);
                ($v, $($restv,)*)
            }
        }

        #[allow(non_snake_case)]
        impl<V: ?Sized, $n: ForwardValue<V>, $($restn: ForwardValue<V>),*> ForwardValue<V> for (&mut $n, $(&mut $restn,)*) {
            #[inline]
            fn forward(&mut self, cx: &mut Context, value: &V) {
                let ($n, $($restn,)*) = self;
                $n.forward(cx, value);
                $($restn.forward(cx, value);)*
            }
        }

        #[allow(non_snake_case)]
        impl<K, $v, $n $(, $restv, $restn)*> ValueOutputNodes<K, (OutValue<$v>, $(OutValue<$restv>,)*)> for ($n, $($restn,)*)
        where
            K: ?Sized, $v: ?Sized + 'static, $n: Push<K, $v>, $($restv: ?Sized + 'static, $restn: Push<K, $restv>,)*
        {
            type Outlets<'n> = nested!(Ways; FixedKeyOutlet<'n, K, $n> $(, FixedKeyOutlet<'n, K, $restn>)*) where Self: 'n, K: 'n;

            #[inline]
            fn outlets<'n>(&'n mut self, key: &'n K) -> Self::Outlets<'n> {
                let ($n, $($restn,)*) = self;
                nested_values!(FixedKeyOutlet::new(key, $n) $(, FixedKeyOutlet::new(key, $restn))*)
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
}

value_outputs!((V1, N1));
value_outputs!((V1, N1), (V2, N2));
value_outputs!((V1, N1), (V2, N2), (V3, N3));
value_outputs!((V1, N1), (V2, N2), (V3, N3), (V4, N4));
value_outputs!((V1, N1), (V2, N2), (V3, N3), (V4, N4), (V5, N5));
value_outputs!((V1, N1), (V2, N2), (V3, N3), (V4, N4), (V5, N5), (V6, N6));
value_outputs!((V1, N1), (V2, N2), (V3, N3), (V4, N4), (V5, N5), (V6, N6), (V7, N7));
value_outputs!((V1, N1), (V2, N2), (V3, N3), (V4, N4), (V5, N5), (V6, N6), (V7, N7), (V8, N8));
