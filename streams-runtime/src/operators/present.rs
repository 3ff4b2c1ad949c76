//! `present`: the values that are there.

use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

/// Values that may be missing: `Option<V>`.
#[diagnostic::on_unimplemented(
    message = "present: the values of this stream are `{Self}`, which are always there",
    label = "nothing can be missing",
    note = "`present` makes a stream of `V` of one of `Option<V>`, such as `table.to_stream()` gives"
)]
pub trait MayBeMissing {
    /// What is there.
    type Value;
    /// The operator `O`, if values may be missing.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<V> MayBeMissing for Option<V> {
    type Value = V;
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

impl<K: ?Sized, V> Stream<K, V> {
    /// Passes on the values that are there: a stream of `V` of one of `Option<V>`. Nulls are left
    /// out, and are not counted as dropped.
    ///
    /// Kafka Streams: `filter((key, value) -> value != null)`. Time and headers stay. Behind
    /// `to_stream()` it leaves out the deletions of a table.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn names() -> Names {
    ///         let users: Table<u64, String> = table("users");
    ///         users.to_stream().present().map_values(|name| name.to_uppercase()).to("names");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(names())?;
    /// let users = driver.input::<u64, Option<String>>("users")?;
    /// users.pipe(&7, &Some("ann".to_owned()))?;
    /// users.pipe(&7, &None)?;
    /// let names = driver.output::<u64, String>("names");
    /// assert_eq!(names.read().map(|record| record.value), Some("ANN".to_owned()));
    /// assert!(names.read().is_none());
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    // The operator is inferred from the bound, so that a value that cannot be missing is one error.
    pub fn present<P, J>(&self) -> (Stream<K, P>, J)
    where
        V: MayBeMissing<Value = P>,
        V: MayBeMissing<Value = P, Operator<Present> = J>,
    {
        (Stream::handle(), V::op(Present))
    }
}

/// The operator before it is attached to what follows.
#[derive(Clone, Copy, Debug)]
pub struct Present;

impl Present {
    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> PresentNode<N> {
        PresentNode { next }
    }
}

/// The operator at work.
#[derive(Debug)]
pub struct PresentNode<N> {
    next: N,
}

impl<N: Node> Node for PresentNode<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K: ?Sized, V, N: Push<K, V>> Push<K, Option<V>> for PresentNode<N> {
    #[inline]
    fn push(&mut self, key: &K, value: &Option<V>, cx: &mut Context) -> Flow {
        match value {
            Some(value) => self.next.push(key, value, cx),
            None => Ok(()),
        }
    }
}
