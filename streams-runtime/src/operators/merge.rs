//! `merge`: two streams as one.

use crate::handles::Stream;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// The records of both streams, in the order in which they come.
    ///
    /// Kafka Streams: `merge`. If either side changed its key, a grouping or join after it goes through a repartition topic.
    /// There is no node for it: both sides are attached to what follows, made [`Shared`](crate::node::Shared).
    pub fn merge(&self, other: &Stream<K, V>) -> Stream<K, V> {
        *other
    }
}

/// Two streams side by side, before it is known whether they have the same types.
#[derive(Debug)]
pub struct Sides<A, B>(A, B);

impl<A: Copy, B: Copy> Sides<A, B> {
    /// These two.
    pub fn new(left: &A, right: &B) -> Self {
        Sides(*left, *right)
    }

    /// [`Stream::merge`], with the place where the right side comes in. Types that differ are one error here and none later.
    pub fn merge<M>(self) -> (A, M)
    where
        B: MergesInto<A, Side = M>,
        M: Default,
    {
        (self.0, M::default())
    }
}

/// A stream that has the types of another one.
#[diagnostic::on_unimplemented(
    message = "merge: this stream is `{A}`, the other one is `{Self}`",
    label = "streams of different types",
    note = "bring both to the same types first: `.map(..)`, `.map_values(..)`"
)]
pub trait MergesInto<A> {
    /// Where its records come in.
    type Side;
}

impl<S> MergesInto<S> for S {
    type Side = RightSide;
}

/// Where the right side of a merge comes in.
#[derive(Clone, Copy, Debug, Default)]
pub struct RightSide;

impl RightSide {
    /// The node that it hands its records to.
    pub fn attach<N>(self, next: N) -> N {
        next
    }
}
