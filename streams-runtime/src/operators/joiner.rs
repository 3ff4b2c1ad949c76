//! Joiners: what a join calls with the sides it has, with the key in front or without.

use super::call::Call;
use crate::codec::StreamData;
use crate::context::RecordContext;

/// What becomes of the two sides of a key.
pub trait Joiner<K: ?Sized, L: ?Sized, T: ?Sized, R> {
    /// Whether a left side is enough.
    const LEFT_ALONE: bool;
    /// Whether a right side is enough.
    const RIGHT_ALONE: bool;

    /// Whether the closure sees the context.
    const SEES_CX: bool;

    /// The result, where the sides that there are suffice.
    fn call(&mut self, key: &K, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R>;
}

macro_rules! joiner {
    ($(#[$doc:meta])* $name:ident $(where K: $bound:path)?, $left_alone:literal, $right_alone:literal,
     Call<($($argument:ty),*)>, |$key:pat_param, $left:ident, $right:ident| ($($value:expr),*)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<F>(pub(super) F);

        impl<K: $($bound +)? ?Sized, L: ?Sized, T: ?Sized, R, F> Joiner<K, L, T, R> for $name<F>
        where
            F: for<'a> Call<($($argument,)*), R>,
        {
            const LEFT_ALONE: bool = $left_alone;
            const RIGHT_ALONE: bool = $right_alone;
            const SEES_CX: bool = <F as Call<_, R>>::SEES_CX;

            #[inline]
            fn call(&mut self, $key: &K, $left: Option<&L>, $right: Option<&T>, cx: &mut RecordContext) -> Option<R> {
                if $left.is_none() && $right.is_none() {
                    return None;
                }
                Some(self.0.call(($($value),*), cx))
            }
        }
    };
}

joiner! {
    /// A closure that needs both sides.
    Inner, false, false, Call<(&'a L, &'a T)>, |_, left, right| (left?, right?)
}
joiner! {
    /// A closure that needs both sides and sees their key, which is not null.
    InnerWithKey where K: StreamData, false, false, Call<(&'a K::Present, &'a L, &'a T)>, |key, left, right| (key.present()?, left?, right?)
}
joiner! {
    /// A closure that needs both sides and sees the key of the left one, which may be null.
    InnerWithAnyKey, false, false, Call<(&'a K, &'a L, &'a T)>, |key, left, right| (key, left?, right?)
}
joiner! {
    /// A closure that needs the left side.
    Left, true, false, Call<(&'a L, Option<&'a T>)>, |_, left, right| (left?, right)
}
joiner! {
    /// A closure that needs the left side and sees the key, which may be null.
    LeftWithKey, true, false, Call<(&'a K, &'a L, Option<&'a T>)>, |key, left, right| (key, left?, right)
}
joiner! {
    /// A closure that needs one side.
    Outer, true, true, Call<(Option<&'a L>, Option<&'a T>)>, |_, left, right| (left, right)
}
joiner! {
    /// A closure that needs one side and sees the key, which may be null.
    OuterWithKey, true, true, Call<(&'a K, Option<&'a L>, Option<&'a T>)>, |key, left, right| (key, left, right)
}
