//! `.partitioned_by(…)` of `to` and `repartition`: which partitions a record goes to.

use std::marker::PhantomData;

use super::call::Call;
use super::formats::Records;
use crate::context::RecordContext;

/// What a closure of `partitioned_by` may return: one partition, several (the record goes to each), none (it goes nowhere), or `None` for the partition
/// that follows from the key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which partitions a record goes to",
    label = "not partitions",
    note = "return a number (`u32`), numbers (`Vec<u32>`, `[u32; N]`: none of them leaves the record out), or an `Option` of these, whose `None` means by the key"
)]
pub trait IntoPartitions {
    /// The operator `O`, if its closure returns partitions.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;

    /// Adds them; `false`: by the key.
    fn add_to(self, partitions: &mut Vec<u32>) -> bool;
}

impl IntoPartitions for u32 {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn add_to(self, partitions: &mut Vec<u32>) -> bool {
        partitions.push(self);
        true
    }
}

impl IntoPartitions for Vec<u32> {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn add_to(self, partitions: &mut Vec<u32>) -> bool {
        partitions.extend(self);
        true
    }
}

impl<const N: usize> IntoPartitions for [u32; N] {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn add_to(self, partitions: &mut Vec<u32>) -> bool {
        partitions.extend(self);
        true
    }
}

impl<P: IntoPartitions> IntoPartitions for Option<P> {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    fn add_to(self, partitions: &mut Vec<u32>) -> bool {
        self.is_some_and(|chosen| chosen.add_to(partitions))
    }
}

/// What a source says of how its topic is divided: `stream("orders").partitioned_by(by_order)`. It is compared with what other sides say, and
/// never called.
pub fn partitioned_by<H: Records, T: IntoPartitions>(_: &H, _: impl FnMut(&H::Key, &H::Value, u32) -> T) {}

/// Chooses the partitions of records.
pub trait ChoosePartitions<K: ?Sized, V: ?Sized> {
    /// Whether it sees the context, so that headers may have changed.
    const SEES_CX: bool;

    /// Adds the partitions that a record goes to, of so many; `false`: by its key.
    fn choose(&mut self, key: &K, value: &V, count: u32, partitions: &mut Vec<u32>, cx: &mut RecordContext) -> bool;
}

/// By the key, as Kafka's default partitioner.
#[derive(Clone, Copy, Debug)]
pub struct ByKey;

impl<K: ?Sized, V: ?Sized> ChoosePartitions<K, V> for ByKey {
    const SEES_CX: bool = false;

    #[inline(always)]
    fn choose(&mut self, _: &K, _: &V, _: u32, _: &mut Vec<u32>, _: &mut RecordContext) -> bool {
        false
    }
}

/// By a closure of key, value and number of partitions.
pub struct ByPartitioner<F, P>(pub(super) F, pub(super) PhantomData<fn() -> P>);

impl<K, V, F, P> ChoosePartitions<K, V> for ByPartitioner<F, P>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V, u32), P>,
    P: IntoPartitions,
{
    const SEES_CX: bool = <F as Call<(&K, &V, u32), P>>::SEES_CX;

    #[inline]
    fn choose(&mut self, key: &K, value: &V, count: u32, partitions: &mut Vec<u32>, cx: &mut RecordContext) -> bool {
        self.0.call((key, value, count), cx).add_to(partitions)
    }
}
