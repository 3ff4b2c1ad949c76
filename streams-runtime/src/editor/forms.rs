//! Methods that take closures, in all their forms: with and without `cx`, plain and `try_`.

/// Types behind a `;` may be unsized. The last two names are the forms with `cx`; left out, there are none.
macro_rules! closure_methods {
    ($(
        $(#[$doc:meta])*
        fn $name:ident, $twin:ident $(, $with_cx:ident, $twin_with_cx:ident)? $([$($type:ident $(: $bound:path)?),* $(; $($any:ident),*)?])? (
            $($before:ident: $before_type:ty,)* |$($arg:ty),*| $result:ty $(, $after:ident: $after_type:ty)?
        ) -> $gives:ty;
    )*) => {$(
        $crate::editor::forms::closure_methods! {
            @one $(#[$doc])*
            $name [$($($type $(: $bound)?,)* $($($any: ?Sized,)*)?)?] [$($before: $before_type,)*] ($($arg,)*) $result, [$($after: $after_type)?] -> $gives
        }
        $crate::editor::forms::closure_methods! {
            @one
            #[doc = concat!("`", stringify!($name), "` with a closure that may fail: it returns a `Result`, and an `Err` goes to the process handler.\n\n")]
            $(#[$doc])*
            $twin [$($($type $(: $bound)?,)* $($($any: ?Sized,)*)?)? E,] [$($before: $before_type,)*] ($($arg,)*)
            Result<$result, E>, [$($after: $after_type)?] -> $gives
        }
        $crate::editor::forms::closure_methods! {
            @cx $($with_cx $twin_with_cx)? [$($($type $(: $bound)?,)* $($($any: ?Sized,)*)?)?] [$($before: $before_type,)*] ($($arg,)*) $result,
            [$($after: $after_type)?] -> $gives
        }
    )*};
    (@cx [$($types:tt)*] [$($before:tt)*] ($($arg:ty,)*) $result:ty, [$($after:tt)*] -> $gives:ty) => {};
    (
        @cx $name:ident $twin:ident [$($types:tt)*] [$($before:tt)*] ($($arg:ty,)*) $result:ty, [$($after:tt)*] -> $gives:ty
    ) => {
        $crate::editor::forms::closure_methods! {
            @one #[doc(hidden)] $name [$($types)*] [$($before)*] ($($arg,)* Cx<'_>,) $result, [$($after)*] -> $gives
        }
        $crate::editor::forms::closure_methods! {
            @one #[doc(hidden)] $twin [$($types)* E,] [$($before)*] ($($arg,)* Cx<'_>,) Result<$result, E>, [$($after)*] -> $gives
        }
    };
    (
        @one $(#[$doc:meta])* $name:ident [$($types:tt)*] [$($before:tt)*] ($($arg:ty,)*) $result:ty, [$($after:tt)*] -> $gives:ty
    ) => {
        $(#[$doc])*
        #[allow(unused_variables)]
        pub fn $name<$($types)*>(&self, $($before)* f: impl FnMut($($arg),*) -> $result, $($after)*) -> $gives {
            $crate::editor::shown()
        }
    };
}
pub(super) use closure_methods;

/// The last parameter of a closure that asks for it.
pub(super) type Cx<'a> = &'a mut crate::context::RecordContext;
