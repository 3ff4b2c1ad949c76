//! How `flat_map` and its like call their closures: with an emitter, which hands each record on at
//! once.

use super::call::WithCx;
use crate::context::Context;
use crate::error::Flow;
use crate::node::Push;

macro_rules! emits {
    (
        $(#[$doc:meta])*
        $emits:ident<$($generic:ident),+> of ($key:ident, $value:ident): FnMut($($argument:ident: &$ty:ident),+),
        |$($emitted:ident: &$emitted_ty:ident),+| pushes ($next_key:ident: $next_key_ty:ident, $next_value:ident)
    ) => {
        $(#[$doc])*
        pub trait $emits<K: ?Sized, V: ?Sized, $($generic: ?Sized,)+ R> {
            /// Calls the closure; gives what it returned, and what became of the records that it
            /// emitted.
            fn emit<N: Push<$next_key_ty, V2>>(&mut self, $key: &K, $value: &V, next: &mut N, cx: &mut Context) -> (R, Flow);
        }

        impl<K: ?Sized, V: ?Sized, $($generic: ?Sized,)+ R, F> $emits<K, V, $($generic,)+ R> for F
        where
            F: FnMut($(&$ty,)+ &mut dyn FnMut($(&$emitted_ty),+)) -> R,
        {
            #[inline]
            fn emit<N: Push<$next_key_ty, V2>>(&mut self, $key: &K, $value: &V, next: &mut N, cx: &mut Context) -> (R, Flow) {
                let mut flow = Ok(());
                let result = self($($argument,)+ &mut |$($emitted: &$emitted_ty),+| {
                    if flow.is_ok() {
                        flow = next.push($next_key, $next_value, cx);
                    }
                });
                (result, flow)
            }
        }

        impl<K: ?Sized, V: ?Sized, $($generic: ?Sized,)+ R, F> $emits<K, V, $($generic,)+ R> for WithCx<F>
        where
            F: FnMut($(&$ty,)+ &mut dyn FnMut($(&$emitted_ty),+), &mut crate::context::RecordContext) -> R,
        {
            fn emit<N: Push<$next_key_ty, V2>>(&mut self, $key: &K, $value: &V, next: &mut N, cx: &mut Context) -> (R, Flow) {
                let mut flow = Ok(());
                let (mut seen, mut emitting) = cx.record.emitting();
                let emit = &mut |$($emitted: &$emitted_ty),+| {
                    if flow.is_ok() {
                        emitting.take_headers(&mut cx.record);
                        flow = next.push($next_key, $next_value, cx);
                    }
                };
                let result = (self.0)($($argument,)+ emit, &mut seen);
                emitting.end(&mut cx.record);
                (result, flow)
            }
        }
    };
}
emits! {
    /// Makes records of a record.
    EmitRecords<K2, V2> of (key, value): FnMut(key: &K, value: &V),
    |key: &K2, value: &V2| pushes (key: K2, value)
}
emits! {
    /// Makes values of a value.
    EmitValues<V2> of (key, value): FnMut(value: &V),
    |value: &V2| pushes (key: K, value)
}
emits! {
    /// Makes values of a key and a value.
    EmitValuesWithKey<V2> of (key, value): FnMut(key: &K, value: &V),
    |value: &V2| pushes (key: K, value)
}
