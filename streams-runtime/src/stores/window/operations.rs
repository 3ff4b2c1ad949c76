//! What processors do with a window store: put at any time, read ranges of time in either direction.

use std::ops::ControlFlow;

use super::*;
use crate::stores::Order;
use crate::stores::order::each;
use crate::windows::Window;

impl<K, V> WindowStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// A store for processors: how long its windows are, and whether it keeps all values of one key and time.
    pub(crate) fn for_processors(mut self, size_ms: i64, retain_duplicates: bool) -> Self {
        (self.ends, self.retain_duplicates) = (WindowEnds::After(size_ms), retain_duplicates);
        self
    }

    pub(crate) fn set_ends(&mut self, ends: WindowEnds) {
        self.ends = ends;
    }

    /// Whether a value has bytes.
    #[inline]
    pub(crate) fn check(&mut self, value: Option<&V>) -> Result<(), StoreError> {
        self.rows.check(value)
    }

    fn encode_key<Q>(&self, key: &Q, row: &mut Vec<u8>) -> Result<Encoded, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        row.clear();
        let encoded = Q::Codec::default().encode(key, row);
        encoded.map_err(|e| StoreError::Encode { store: self.name().to_owned(), reason: e.to_string() })
    }

    /// Sets the value of a key in the window with this start, or adds one if duplicates are kept. The row gets the given time. What is out
    /// of retention already is left out.
    ///
    /// # Errors
    /// When the backend fails, or the key is null or has no bytes.
    pub fn put_at<Q>(&mut self, key: &Q, value: V, start_ms: i64, timestamp_ms: i64) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.write(key, Some(value), start_ms, timestamp_ms)
    }

    /// Deletes the value of a key in the window with this start; nothing if duplicates are kept.
    ///
    /// # Errors
    /// When the backend fails, or the key has no bytes.
    pub fn delete_at<Q>(&mut self, key: &Q, start_ms: i64, timestamp_ms: i64) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if self.retain_duplicates { Ok(()) } else { self.write(key, None, start_ms, timestamp_ms) }
    }

    fn write<Q>(&mut self, key: &Q, value: Option<V>, start_ms: i64, timestamp_ms: i64) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.check(value.as_ref())?;
        let mut row = std::mem::take(&mut self.key_scratch);
        let result = match self.encode_key(key, &mut row) {
            Ok(Encoded::Bytes) => self.write_row(&mut row, value, start_ms, timestamp_ms),
            Ok(Encoded::Null) if value.is_none() => Ok(()),
            Ok(Encoded::Null) => Err(StoreError::NullKey { store: self.name().to_owned() }),
            Err(e) => Err(e),
        };
        self.key_scratch = row;
        result
    }

    fn write_row(&mut self, row: &mut Vec<u8>, value: Option<V>, start_ms: i64, timestamp_ms: i64) -> Result<(), StoreError> {
        // A deletion moves the time of the store as well.
        let moves = start_ms > self.newest_start_ms;
        self.newest_start_ms = self.newest_start_ms.max(start_ms);
        if start_ms <= self.expired_ms() {
            return Ok(());
        }
        row.extend_from_slice(&start_ms.to_be_bytes());
        if self.retain_duplicates {
            self.last_sequence = self.last_sequence.wrapping_add(1) & MAX_SEQUENCE;
            row.extend_from_slice(&self.last_sequence.to_be_bytes());
        } else {
            row.extend_from_slice(&SEQUENCE);
        }
        let place = self.load(row)?;
        let is_new = self.take(place).is_none();
        // A deletion of nothing goes into the changelog as well if it moved the time: after a
        // restart rows would be seen again that had expired.
        if is_new && value.is_none() && !moves {
            self.put_back(place, None);
        } else {
            self.set(place, (row, is_new), timestamp_ms, &Headers::default(), value);
        }
        Ok(())
    }

    pub(super) fn last_duplicate<Q>(&mut self, key: &Q, start_ms: i64) -> Result<Option<(&V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let mut row = None;
        self.visit_rows(key, (start_ms, start_ms), Order::Descending, |_, place, _| {
            row = Some(place);
            ControlFlow::Break(())
        })?;
        Ok(row.and_then(|place| self.rows.row(place).map(|value| (value, self.rows.row_timestamp_ms(place)))))
    }

    /// Calls `visit` with start, value and time of the rows of a key in windows that start between two times, both included, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn visit_range<Q>(
        &mut self,
        key: &Q,
        from_ms: i64,
        to_ms: i64,
        order: Order,
        mut visit: impl FnMut(i64, &V, i64) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.visit_rows(key, (from_ms, to_ms), order, |start_ms, place, rows| match rows.row(place) {
            Some(value) => visit(start_ms, value, rows.row_timestamp_ms(place)),
            None => ControlFlow::Continue(()),
        })
    }

    /// Calls `visit` with start and place of the rows of a key.
    fn visit_rows<Q>(
        &mut self,
        key: &Q,
        times_ms: (i64, i64),
        order: Order,
        mut visit: impl FnMut(i64, usize, &KeyValueStore<Vec<u8>, V>) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let from_ms = times_ms.0.max(self.expired_ms().saturating_add(1));
        let mut bytes = std::mem::take(&mut self.key_scratch);
        let encoded = self.encode_key(key, &mut bytes);
        let key_bytes = bytes.len();
        let WindowStore { index, rows, .. } = self;
        let visit_all = || -> Result<(), StoreError> {
            if encoded? == Encoded::Null {
                return Ok(());
            }
            for (start_ms, sequence) in each(index.of_key(&bytes, from_ms..=times_ms.1), order) {
                bytes.truncate(key_bytes);
                bytes.extend_from_slice(&start_ms.to_be_bytes());
                bytes.extend_from_slice(&sequence.to_be_bytes());
                let Some(place) = rows.load(&bytes[..])? else { continue };
                if rows.row(place).is_some() && visit(start_ms, place, rows).is_break() {
                    return Ok(());
                }
            }
            Ok(())
        };
        let result = visit_all();
        self.key_scratch = bytes;
        result
    }

    /// Calls `visit` with key, window, value and time of all rows in windows that start between two times, both included, in the order of
    /// start and then of the keys' bytes, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn visit_all(
        &mut self,
        from_ms: i64,
        to_ms: i64,
        order: Order,
        mut visit: impl FnMut(&K, Window, &V, i64) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let from_ms = from_ms.max(self.expired_ms().saturating_add(1));
        if from_ms > to_ms {
            return Ok(());
        }
        let codec = K::Codec::default();
        let mut slot = Default::default();
        let mut bytes = Vec::new();
        for row in each(self.index.range(from_ms..=to_ms), order) {
            let window = self.ends.window(row.start_ms);
            let window = window.map_err(|e| StoreError::Window { store: self.rows.name().to_owned(), reason: e.to_string() })?;
            row.write(&mut bytes);
            let Some(place) = self.rows.load(&bytes[..])? else { continue };
            let Some(value) = self.rows.row(place) else { continue };
            let key = codec.decode(Some(row.key), &mut slot);
            let key = key.map_err(|e| StoreError::Decode { store: self.rows.name().to_owned(), reason: e.to_string() })?;
            if visit(key, window, value, self.rows.row_timestamp_ms(place)).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}
