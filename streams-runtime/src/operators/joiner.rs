//! Joiners: what a join calls with the sides it has, with the key in front or without.

use crate::codec::StreamData;

/// What becomes of the two sides of a key.
pub trait Joiner<K: ?Sized, L: ?Sized, T: ?Sized, R> {
    /// Whether a left side is enough.
    const LEFT_ALONE: bool;
    /// Whether a right side is enough.
    const RIGHT_ALONE: bool;

    /// The result, where the sides that there are suffice.
    fn call(&mut self, key: &K, left: Option<&L>, right: Option<&T>) -> Option<R>;
}

macro_rules! joiner {
    ($(#[$doc:meta])* $name:ident $(where K: $bound:path)?, $left_alone:literal, $right_alone:literal,
     FnMut($($argument:ty),*), |$key:pat_param, $left:ident, $right:ident| ($($value:expr),*)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<F>(pub(super) F);

        impl<K: $($bound +)? ?Sized, L: ?Sized, T: ?Sized, R, F: FnMut($($argument),*) -> R> Joiner<K, L, T, R> for $name<F> {
            const LEFT_ALONE: bool = $left_alone;
            const RIGHT_ALONE: bool = $right_alone;

            #[inline]
            fn call(&mut self, $key: &K, $left: Option<&L>, $right: Option<&T>) -> Option<R> {
                if $left.is_none() && $right.is_none() {
                    return None;
                }
                Some((self.0)($($value),*))
            }
        }
    };
}

joiner! {
    /// A closure that needs both sides.
    Inner, false, false, FnMut(&L, &T), |_, left, right| (left?, right?)
}
joiner! {
    /// A closure that needs both sides and sees their key, which is not null.
    InnerWithKey where K: StreamData, false, false, FnMut(&K::Present, &L, &T), |key, left, right| (key.present()?, left?, right?)
}
joiner! {
    /// A closure that needs both sides and sees the key of the left one, which may be null.
    InnerWithAnyKey, false, false, FnMut(&K, &L, &T), |key, left, right| (key, left?, right?)
}
joiner! {
    /// A closure that needs the left side.
    Left, true, false, FnMut(&L, Option<&T>), |_, left, right| (left?, right)
}
joiner! {
    /// A closure that needs the left side and sees the key, which may be null.
    LeftWithKey, true, false, FnMut(&K, &L, Option<&T>), |key, left, right| (key, left?, right)
}
joiner! {
    /// A closure that needs one side.
    Outer, true, true, FnMut(Option<&L>, Option<&T>), |_, left, right| (left, right)
}
joiner! {
    /// A closure that needs one side and sees the key, which may be null.
    OuterWithKey, true, true, FnMut(&K, Option<&L>, Option<&T>), |key, left, right| (key, left, right)
}
