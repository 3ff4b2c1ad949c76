//! How operators call the closures they were given: with their arguments alone, or with the context
//! as one more.

use crate::context::RecordContext;

/// A closure of an operator. `A` are its arguments as a tuple, `R` is what it returns.
///
/// Plain closures implement it, and those in [`WithCx`], which take the context as well. A node
/// that calls one of the first kind is compiled as if there were no others.
pub trait Call<A, R> {
    /// Whether the closure sees the context, so that headers may have changed after a call.
    const SEES_CX: bool;

    /// Calls it.
    fn call(&mut self, arguments: A, cx: &mut RecordContext) -> R;

    /// Calls it for a result that no record goes on with: changes of headers have no effect.
    #[inline]
    fn call_aside(&mut self, arguments: A, cx: &mut RecordContext) -> R {
        if Self::SEES_CX { cx.aside(|cx| self.call(arguments, cx)) } else { self.call(arguments, cx) }
    }
}

/// A closure that takes the context behind its arguments: `|key, value, cx|`.
#[derive(Clone, Copy, Debug)]
pub struct WithCx<F>(pub(super) F);

macro_rules! calls {
    ($(($($argument:ident: $ty:ident),*))*) => {$(
        impl<F, R, $($ty),*> Call<($($ty,)*), R> for F
        where
            F: FnMut($($ty),*) -> R,
        {
            const SEES_CX: bool = false;

            #[inline(always)]
            fn call(&mut self, ($($argument,)*): ($($ty,)*), _: &mut RecordContext) -> R {
                self($($argument),*)
            }
        }

        impl<F, R, $($ty),*> Call<($($ty,)*), R> for WithCx<F>
        where
            F: FnMut($($ty,)* &mut RecordContext) -> R,
        {
            const SEES_CX: bool = true;

            #[inline]
            fn call(&mut self, ($($argument,)*): ($($ty,)*), cx: &mut RecordContext) -> R {
                (self.0)($($argument,)* cx)
            }
        }
    )*};
}
calls! {
    ()
    (a: A)
    (a: A, b: B)
    (a: A, b: B, c: C)
    (a: A, b: B, c: C, d: D)
}
