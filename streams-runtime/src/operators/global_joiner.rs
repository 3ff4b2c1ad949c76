//! Joiners of a stream with a global table: they may see the key of the row beside that of the
//! stream.

use super::call::Call;
use super::joiner::{Inner, InnerWithAnyKey, Joiner, Left, LeftWithKey};
use crate::codec::StreamData;
use crate::context::RecordContext;

/// What becomes of a value and the row that it meets, by the stream's key and the one that was made
/// for the row.
pub trait GlobalJoiner<K: ?Sized, MK, L: ?Sized, T, R> {
    /// Whether the closure sees the context.
    const SEES_CX: bool;

    /// The result, where what there is suffices.
    fn call(&mut self, keys: (&K, &MK), left: &L, row: Option<&T>, cx: &mut RecordContext) -> Option<R>;
}

macro_rules! without_table_key {
    ($($name:ident),*) => {$(
        impl<K: ?Sized, MK, L: ?Sized, T, R, F> GlobalJoiner<K, MK, L, T, R> for $name<F>
        where
            $name<F>: Joiner<K, L, T, R>,
        {
            const SEES_CX: bool = <Self as Joiner<K, L, T, R>>::SEES_CX;

            #[inline]
            fn call(&mut self, (key, _): (&K, &MK), left: &L, row: Option<&T>, cx: &mut RecordContext) -> Option<R> {
                Joiner::call(self, key, Some(left), row, cx)
            }
        }
    )*};
}
without_table_key!(Inner, InnerWithAnyKey, Left, LeftWithKey);

/// A closure that needs the row, and sees the stream's key, which may be null, and the row's, which
/// is not.
#[derive(Clone, Copy, Debug)]
pub struct InnerWithKeys<F>(pub(super) F);

impl<K: ?Sized, MK: StreamData, L: ?Sized, T, R, F> GlobalJoiner<K, MK, L, T, R> for InnerWithKeys<F>
where
    F: for<'a> Call<(&'a K, &'a MK::Present, &'a L, &'a T), R>,
{
    const SEES_CX: bool = <F as Call<(&K, &MK::Present, &L, &T), R>>::SEES_CX;

    #[inline]
    fn call(&mut self, (key, mapped): (&K, &MK), left: &L, row: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        Some(self.0.call((key, mapped.present()?, left, row?), cx))
    }
}

/// A closure that needs no row, and sees both keys, which may be null.
#[derive(Clone, Copy, Debug)]
pub struct LeftWithKeys<F>(pub(super) F);

impl<K: ?Sized, MK, L: ?Sized, T, R, F> GlobalJoiner<K, MK, L, T, R> for LeftWithKeys<F>
where
    F: for<'a> Call<(&'a K, &'a MK, &'a L, Option<&'a T>), R>,
{
    const SEES_CX: bool = <F as Call<(&K, &MK, &L, Option<&T>), R>>::SEES_CX;

    #[inline]
    fn call(&mut self, (key, mapped): (&K, &MK), left: &L, row: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        Some(self.0.call((key, mapped, left, row), cx))
    }
}
