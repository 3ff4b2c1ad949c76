//! Tables that every process holds whole: filled by one thread, read by all workers.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::ops::{ControlFlow, RangeBounds};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::StoreError;
use super::order::{Order, each, encode_bound, in_order, is_negative};
use crate::broker::TopicPartition;
use crate::codec::{Codec, CodecError, Encoded, KeyData, StreamData, row_key};
use crate::error::{ErrorKind, OnError, TaskError};
use crate::log_limit::LogLimit;
use crate::record::RecordRef;

/// A global table: values by the bytes of their keys.
pub struct GlobalStore<K, V: StreamData> {
    name: String,
    rows: RwLock<HashMap<Box<[u8]>, (V, i64)>>,
    value_codec: V::Codec,
    key: std::marker::PhantomData<fn() -> K>,
}

impl<K, V> GlobalStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// Calls `read` with the value of a key.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn with<Q, R>(&self, key: &Q, scratch: &mut Vec<u8>, read: impl FnOnce(Option<&V>) -> R) -> Result<R, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        scratch.clear();
        match Q::Codec::default().encode(key, scratch) {
            Ok(Encoded::Null) => Ok(read(None)),
            Ok(Encoded::Bytes) => {
                let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
                Ok(read(rows.get(&scratch[..]).map(|(value, _)| value)))
            }
            Err(e) => Err(StoreError::Encode { store: self.name.clone(), reason: e.to_string() }),
        }
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn get<Q>(&self, key: &Q) -> Result<Option<V>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.with(key, &mut Vec::new(), |value| value.cloned())
    }

    /// The value of a key and the time of its record.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn get_with_timestamp<Q>(&self, key: &Q) -> Result<Option<(V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let mut bytes = Vec::new();
        match Q::Codec::default().encode(key, &mut bytes) {
            Ok(Encoded::Null) => Ok(None),
            Ok(Encoded::Bytes) => Ok(self.rows.read().unwrap_or_else(PoisonError::into_inner).get(&bytes[..]).cloned()),
            Err(e) => Err(StoreError::Encode { store: self.name.clone(), reason: e.to_string() }),
        }
    }

    /// All rows, in the order of the keys.
    ///
    /// # Errors
    /// When a key in the store is not of its type.
    pub fn all(&self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        Ok(self.all_with_timestamps()?.into_iter().map(|(key, value, _)| (key, value)).collect())
    }

    /// The rows whose keys lie in a range, in the order of the keys. A key that is null leaves its side open.
    ///
    /// # Errors
    /// When a key cannot be encoded, or one in the store is not of its type.
    pub fn range<'q, Q>(&self, range: impl RangeBounds<&'q Q>) -> Result<Vec<(K, V)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
        K: Clone,
    {
        let encode_error = |e: CodecError| StoreError::Encode { store: self.name.clone(), reason: e.to_string() };
        let (mut low, mut high) = (Vec::new(), Vec::new());
        let from = encode_bound(range.start_bound(), &mut low).map_err(encode_error)?;
        let to = encode_bound(range.end_bound(), &mut high).map_err(encode_error)?;
        let pieces = in_order(K::Codec::SIGNED, (from, to));
        let rows = self.rows(|key| pieces.iter().flatten().any(|piece| RangeBounds::<[u8]>::contains(piece, key)))?;
        Ok(rows.into_iter().map(|(key, value, _)| (key, value)).collect())
    }

    /// Calls `visit` with the rows whose keys lie in a range, in the order of the keys, until it breaks.
    pub(crate) fn visit_range<'q, Q>(
        &self,
        range: impl RangeBounds<&'q Q>,
        order: Order,
        mut visit: impl FnMut(&K, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        let encode_error = |e: CodecError| StoreError::Encode { store: self.name.clone(), reason: e.to_string() };
        let (mut low, mut high) = (Vec::new(), Vec::new());
        let from = encode_bound(range.start_bound(), &mut low).map_err(encode_error)?;
        let to = encode_bound(range.end_bound(), &mut high).map_err(encode_error)?;
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = rows.iter().map(|(key, (value, _))| (&key[..], value));
        let pieces = in_order(K::Codec::SIGNED, (from, to));
        let inside = |key: &[u8]| pieces.iter().flatten().any(|piece| RangeBounds::<[u8]>::contains(piece, key));
        let sorted: BTreeMap<(bool, &[u8]), &V> =
            wanted.filter(|(key, _)| inside(key)).map(|(key, value)| ((K::Codec::SIGNED && !is_negative(key), key), value)).collect();
        let (codec, mut slot) = (K::Codec::default(), Default::default());
        for ((_, key), value) in each(sorted.into_iter(), order) {
            let decoded = codec.decode(Some(key), &mut slot);
            let key = decoded.map_err(|e| StoreError::Decode { store: self.name.clone(), reason: e.to_string() })?;
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All rows, each with the time of its record, in the order of the keys.
    ///
    /// # Errors
    /// When a key in the store is not of its type.
    pub fn all_with_timestamps(&self) -> Result<Vec<(K, V, i64)>, StoreError>
    where
        K: Clone,
    {
        self.rows(|_| true)
    }

    fn rows(&self, wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<(K, V, i64)>, StoreError>
    where
        K: Clone,
    {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = rows.iter().map(|(key, row)| (&key[..], row)).filter(|(key, _)| wanted(key));
        let sorted: BTreeMap<(bool, &[u8]), &(V, i64)> =
            wanted.map(|(key, row)| ((K::Codec::SIGNED && !is_negative(key), key), row)).collect();
        let (codec, mut slot) = (K::Codec::default(), Default::default());
        sorted
            .into_iter()
            .map(|((_, key), (value, timestamp_ms))| match codec.decode(Some(key), &mut slot) {
                Ok(key) => Ok((key.clone(), value.clone(), *timestamp_ms)),
                Err(e) => Err(StoreError::Decode { store: self.name.clone(), reason: e.to_string() }),
            })
            .collect()
    }
}

/// The handle of a global table: what a processor gets for one that it is connected to.
pub struct GlobalRows<K, V> {
    pub(super) place: usize,
    pub(super) types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for GlobalRows<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for GlobalRows<K, V> {}

impl<K, V> std::fmt::Debug for GlobalRows<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GlobalRows({})", self.place)
    }
}

/// What the runtime does with a global table of whatever type.
trait GlobalObject: Send + Sync {
    /// Whether the record was taken; one with a null key is not.
    fn apply(&self, record: RecordRef<'_>) -> Result<bool, StoreError>;
}

impl<K, V> GlobalObject for GlobalStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    fn apply(&self, record: RecordRef<'_>) -> Result<bool, StoreError> {
        let Some(key) = row_key::<K, K::Codec>(record.key) else { return Ok(false) };
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if record.value.is_none() {
            rows.remove(key);
            return Ok(true);
        }
        let decode_error = |e: crate::codec::CodecError| StoreError::Decode { store: self.name.clone(), reason: e.to_string() };
        K::Codec::default().decode(Some(key), &mut Default::default()).map_err(decode_error)?;
        let mut slot = Default::default();
        let value = self.value_codec.decode(record.value, &mut slot).map_err(decode_error)?;
        rows.insert(key.into(), (value.clone(), record.timestamp_ms));
        Ok(true)
    }
}

struct Entry {
    object: Arc<dyn GlobalObject>,
    typed: Arc<dyn Any + Send + Sync>,
}

/// The global tables of a process.
#[derive(Default)]
pub struct GlobalStores {
    stores: BTreeMap<String, Entry>,
    dropped: AtomicU64,
    /// Which warnings about records are logged, and when that was looked at last.
    log_limit: LogLimit,
    now_ms: AtomicI64,
}

impl std::fmt::Debug for GlobalStores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.stores.keys()).finish()
    }
}

impl GlobalStores {
    /// Adds an empty table.
    pub fn add<K, V>(&mut self, name: &str)
    where
        K: StreamData<Stored = K> + KeyData + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        let store: Arc<GlobalStore<K, V>> = Arc::new(GlobalStore {
            name: name.to_owned(),
            rows: RwLock::default(),
            value_codec: V::Codec::default(),
            key: std::marker::PhantomData,
        });
        self.stores.insert(name.to_owned(), Entry { object: Arc::<GlobalStore<K, V>>::clone(&store), typed: store });
    }

    /// The names of the tables, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.stores.keys().map(String::as_str)
    }

    /// The table of this name, if it is there and of these types.
    pub fn get<K, V>(&self, name: &str) -> Option<Arc<GlobalStore<K, V>>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        Arc::clone(&self.stores.get(name)?.typed).downcast().ok()
    }

    /// Applies a record of the table's topic; a null key is left out and counted as dropped, a null value deletes.
    ///
    /// # Errors
    /// When the bytes are not of the table's types and the handler says to stop.
    pub fn apply(&self, name: &str, from: &TopicPartition, record: RecordRef<'_>, handler: &OnError) -> Result<(), Box<TaskError>> {
        let Some(entry) = self.stores.get(name) else { return Ok(()) };
        let source = match entry.object.apply(record) {
            Ok(applied) => {
                self.dropped.fetch_add(u64::from(!applied), Ordering::Relaxed);
                return Ok(());
            }
            Err(source) => source,
        };
        let error = Box::new(TaskError {
            kind: ErrorKind::Decode,
            node: name.to_owned(),
            topic: Arc::clone(&from.topic),
            partition: from.partition,
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
            source: source.into(),
        });
        if let OnError::Fail = handler.decide(&error) {
            return Err(error);
        }
        if self.log_limit.admits("record left out of a global table", name, self.now_ms.load(Ordering::Relaxed)) {
            tracing::warn!(%error, "record left out of a global table");
        }
        self.dropped.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Says what time it is by the caller's clock, and logs what is due of warnings that were held back.
    pub(crate) fn tick(&self, now_ms: i64) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
        self.log_limit.log_summaries(now_ms, false);
    }

    /// How many records were left out: their key is null, or they could not be decoded.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}
