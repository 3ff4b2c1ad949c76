//! Rows of a table behind a `suppress`, as joins look them up.

use std::marker::PhantomData;
use std::rc::Rc;

use crate::codec::{Codec, Encoded, Held, StreamData};
use crate::context::{Context, RecordContext};
use crate::error::{ErrorKind, TaskError};
use crate::operators::Rows;
use crate::stores::buffer::BufferStore;
use crate::stores::handle::Place;

/// Those of the table in front, but of a key that waits what it had when it came into the buffer.
pub struct SuppressedRows<V: Held, G> {
    buffer: Place<BufferStore<V>>,
    name: Rc<str>,
    rows: G,
    value: PhantomData<fn() -> V>,
}

impl<V: Held, G: Clone> Clone for SuppressedRows<V, G> {
    fn clone(&self) -> Self {
        SuppressedRows { buffer: self.buffer, name: Rc::clone(&self.name), rows: self.rows.clone(), value: PhantomData }
    }
}

impl<V: Held, G> SuppressedRows<V, G> {
    pub(super) fn new(buffer: Place<BufferStore<V>>, name: &str, rows: G) -> Self {
        SuppressedRows { buffer, name: name.into(), rows, value: PhantomData }
    }
}

impl<K, V, G> Rows<K, V> for SuppressedRows<V, G>
where
    K: StreamData<Stored = K> + 'static,
    V: Held,
    G: Rows<K, V>,
{
    fn with<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let (mut key_bytes, value_bytes) = cx.take_scratch();
        let encoded = K::Codec::default().encode(key, &mut key_bytes);
        let prior = match encoded {
            Ok(Encoded::Bytes) => Some(cx.stores.get(self.buffer).prior(&key_bytes).map(|prior| prior.map(Option::<&V>::cloned))),
            Ok(Encoded::Null) => None,
            Err(e) => {
                cx.put_scratch((key_bytes, value_bytes));
                return Err(cx.error(ErrorKind::Store, &self.name, e.into()));
            }
        };
        cx.put_scratch((key_bytes, value_bytes));
        match prior {
            None => Ok(then(None, &mut cx.record)),
            Some(Err(e)) => Err(cx.store_error(&self.name, e)),
            // When it got what it had is not known any more.
            Some(Ok(Some(prior))) => Ok(then(prior.as_ref().map(|prior| (prior, -1)), &mut cx.record)),
            Some(Ok(None)) => self.rows.with(key, cx, then),
        }
    }
}
