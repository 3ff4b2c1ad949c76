//! The ways out of processors.

use crate::context::Context;
use crate::error::Flow;
use crate::headers::Headers;
use crate::node::Push;

/// The way out of a [`Processor`](super::Processor). An error further down is kept and stops the task when the processor returns.
pub trait Forward<K: ?Sized, V: ?Sized> {
    /// Sends a record on, with the time and headers of the context.
    fn forward(&mut self, cx: &mut Context, key: &K, value: &V);

    /// Sends a record on with another timestamp.
    fn forward_at(&mut self, cx: &mut Context, key: &K, value: &V, timestamp_ms: i64) {
        let before = std::mem::replace(&mut cx.timestamp_ms, timestamp_ms);
        self.forward(cx, key, value);
        cx.timestamp_ms = before;
    }

    /// Sends a new record on, with a timestamp and headers of its own instead of those of the context.
    fn forward_new(&mut self, cx: &mut Context, key: &K, value: &V, timestamp_ms: i64, headers: Headers) {
        let before = std::mem::replace(&mut cx.headers, headers);
        self.forward_at(cx, key, value, timestamp_ms);
        cx.headers = before;
    }
}

/// The way out of a [`FixedKeyProcessor`](super::FixedKeyProcessor).
pub trait ForwardValue<V: ?Sized> {
    /// Sends a value on under the record's key, with the time and headers of the context.
    fn forward(&mut self, cx: &mut Context, value: &V);

    /// Sends a value on with another timestamp.
    fn forward_at(&mut self, cx: &mut Context, value: &V, timestamp_ms: i64) {
        let before = std::mem::replace(&mut cx.timestamp_ms, timestamp_ms);
        self.forward(cx, value);
        cx.timestamp_ms = before;
    }

    /// Sends a new value on, with a timestamp and headers of its own instead of those of the context.
    fn forward_new(&mut self, cx: &mut Context, value: &V, timestamp_ms: i64, headers: Headers) {
        let before = std::mem::replace(&mut cx.headers, headers);
        self.forward_at(cx, value, timestamp_ms);
        cx.headers = before;
    }
}

/// Keeps the first error from further down.
pub struct Outlet<'n, N> {
    pub(crate) next: &'n mut N,
    pub(crate) result: Flow,
}

impl<'n, N> Outlet<'n, N> {
    #[inline]
    pub(crate) fn new(next: &'n mut N) -> Self {
        Outlet { next, result: Ok(()) }
    }
}

impl<K: ?Sized, V: ?Sized, N: Push<K, V>> Forward<K, V> for Outlet<'_, N> {
    #[inline]
    fn forward(&mut self, cx: &mut Context, key: &K, value: &V) {
        if self.result.is_ok() {
            self.result = self.next.push(key, value, cx);
        }
    }
}

/// Forwards under the key of the record at hand.
pub struct FixedKeyOutlet<'n, K: ?Sized, N> {
    key: &'n K,
    next: &'n mut N,
    pub(crate) result: Flow,
}

impl<'n, K: ?Sized, N> FixedKeyOutlet<'n, K, N> {
    #[inline]
    pub(crate) fn new(key: &'n K, next: &'n mut N) -> Self {
        FixedKeyOutlet { key, next, result: Ok(()) }
    }
}

impl<K: ?Sized, V: ?Sized, N: Push<K, V>> ForwardValue<V> for FixedKeyOutlet<'_, K, N> {
    #[inline]
    fn forward(&mut self, cx: &mut Context, value: &V) {
        if self.result.is_ok() {
            self.result = self.next.push(self.key, value, cx);
        }
    }
}
