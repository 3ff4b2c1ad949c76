//! Which windows are merged: what is said when `aggregate` has one closure too many.

use streams_macros::with_cx;

use super::{SlidingWindowedStream, TimeWindowedStream};
use crate::codec::StreamData;
use crate::operators::aggregated::Aggregated;
use crate::windows::Windowed;

/// Windows that are merged, which `aggregate` with three closures is for.
#[diagnostic::on_unimplemented(
    message = "aggregate: these windows are never merged, so there is no third closure",
    label = "these windows are no sessions",
    note = "remove the closure `|key, a, b| …`; only `sessions(gap)` are merged"
)]
pub trait Merging {
    /// The operator.
    type Operator;
}

macro_rules! never_merged {
    ($($stream:ident $(, $windows:ident)?;)*) => {$(
        impl<K, V $(, $windows)?> $stream<K, V $(, $windows)?>
        where
            K: StreamData + ?Sized,
            V: StreamData + ?Sized,
        {
            /// Says that there is nothing to merge.
            #[doc(hidden)]
            #[with_cx]
            pub fn aggregate_merging<A, I, F, G, R>(&self, _: I, _: F, _: G) -> R
            where
                Self: Merging,
                A: Aggregated<Windowed<K::Stored>, <Self as Merging>::Operator, Of = R>,
                I: FnMut() -> A,
                F: FnMut(&K, &V, A) -> A,
                G: FnMut(&K, A, A) -> A,
            {
                unreachable!("these windows never implement `Merging`")
            }

            /// Says that there is nothing to merge.
            #[doc(hidden)]
            #[with_cx]
            pub fn try_aggregate_merging<A, E, I, F, G, R>(
                &self,
                _: I,
                _: F,
                _: G,
            ) -> R
            where
                Self: Merging,
                A: Aggregated<Windowed<K::Stored>, <Self as Merging>::Operator, Of = R>,
                I: FnMut() -> A,
                F: FnMut(&K, &V, A) -> Result<A, E>,
                G: FnMut(&K, A, A) -> Result<A, E>,
            {
                unreachable!("these windows never implement `Merging`")
            }
        }
    )*};
}
never_merged! {
    TimeWindowedStream, W;
    SlidingWindowedStream;
}
