//! Global tables in processors.

use std::marker::PhantomData;
use std::ops::RangeBounds;

use super::context::StoreHandle;
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{GlobalRows, GlobalStore, StoreError};

impl<K, V> StoreHandle for GlobalRows<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    type View<'a> = GlobalView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> GlobalView<'_, K, V> {
        let (store, scratch) = cx.stores.global(self);
        GlobalView { store, scratch, types: PhantomData }
    }
}

/// A global table as a processor uses it: all rows of all partitions, to be read. Another thread fills it, so values are copied.
///
/// Kafka Streams: a global store, which every processor may read.
pub struct GlobalView<'a, K, V: StreamData> {
    store: &'a GlobalStore<K, V>,
    scratch: &'a mut Vec<u8>,
    types: PhantomData<(K, V)>,
}

impl<K, V> GlobalView<'_, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// The value of a key. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<V>, StoreError> {
        self.with(key, |value| value.cloned())
    }

    /// Calls `read` with the value of a key, which is not copied. The table cannot be written meanwhile.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn with<Q, R>(self, key: &Q, read: impl FnOnce(Option<&V>) -> R) -> Result<R, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.store.with(key, self.scratch, read)
    }

    /// The value of a key and the time of its record.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn get_with_timestamp<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<(V, i64)>, StoreError> {
        self.store.get_with_timestamp(key)
    }

    /// All rows in the order of the keys' bytes.
    ///
    /// # Errors
    /// When a key in the table is not of its type.
    pub fn all(self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        self.store.all()
    }

    /// The rows whose keys lie in a range, in the order of the keys' bytes. A key that is null leaves its side open.
    ///
    /// # Errors
    /// When a key cannot be encoded, or one in the table is not of its type.
    pub fn range<'q, Q>(self, range: impl RangeBounds<&'q Q>) -> Result<Vec<(K, V)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
        K: Clone,
    {
        self.store.range(range)
    }

    /// How many rows there are.
    pub fn approximate_num_entries(self) -> u64 {
        self.store.len()
    }
}
