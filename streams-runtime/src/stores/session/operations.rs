//! What processors and queries do with a session store: put and remove any session, find those that overlap a span of time.

use std::ops::{ControlFlow, RangeBounds};

use super::*;
use crate::codec::{Codec, CodecError, Encoded};
use crate::stores::Order;
use crate::stores::memory::is_empty;
use crate::stores::order::each;

impl<K, V> SessionStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn encode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Encode { store: self.name().to_owned(), reason: error.to_string() }
    }

    fn encode_key<Q>(&self, key: &Q, bytes: &mut Vec<u8>) -> Result<Encoded, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        bytes.clear();
        Q::Codec::default().encode(key, bytes).map_err(|e| self.encode_error(&e))
    }

    /// Sets the value of a session. What is out of retention already is left out.
    ///
    /// # Errors
    /// When the backend fails, the key is null or has no bytes, or the session ends before it starts.
    pub fn put<Q>(&mut self, key: &Q, session: SessionWindow, value: V) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.write(key, session, Some(value))
    }

    /// Deletes a session.
    ///
    /// # Errors
    /// When the backend fails, the key has no bytes, or the session ends before it starts.
    pub fn remove<Q>(&mut self, key: &Q, session: SessionWindow) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.write(key, session, None)
    }

    /// Whether a value has bytes.
    #[inline]
    pub(crate) fn check(&mut self, value: Option<&V>) -> Result<(), StoreError> {
        self.rows.check(value)
    }

    fn write<Q>(&mut self, key: &Q, session: SessionWindow, value: Option<V>) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if session.end_ms < session.start_ms {
            let SessionWindow { start_ms, end_ms } = session;
            return Err(StoreError::Session { store: self.name().to_owned(), start_ms, end_ms });
        }
        self.check(value.as_ref())?;
        let mut bytes = std::mem::take(&mut self.key_scratch);
        let result = match self.encode_key(key, &mut bytes) {
            Ok(Encoded::Bytes) => self.write_row(&mut bytes, session, value),
            Ok(Encoded::Null) if value.is_none() => Ok(()),
            Ok(Encoded::Null) => Err(StoreError::NullKey { store: self.name().to_owned() }),
            Err(error) => Err(error),
        };
        self.key_scratch = bytes;
        result
    }

    fn write_row(&mut self, key: &mut Vec<u8>, session: SessionWindow, value: Option<V>) -> Result<(), StoreError> {
        if session.end_ms < self.first_seen_ms() {
            return Ok(());
        }
        self.note(key, session, value.is_some());
        end_session_key(key, session);
        let place = self.load(key)?;
        self.take(place);
        self.set(place, session.end_ms, &Headers::default(), value);
        Ok(())
    }

    /// The value of the session with these bounds. A borrowed form of the key will do.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn fetch_session<Q>(&mut self, key: &Q, start_ms: i64, end_ms: i64) -> Result<Option<&V>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let mut row = std::mem::take(&mut self.key_scratch);
        let encoded = self.encode_key(key, &mut row);
        end_session_key(&mut row, SessionWindow { start_ms, end_ms });
        let place = match encoded {
            Ok(Encoded::Bytes) if end_ms >= self.first_seen_ms() => self.load(&row).map(Some),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        self.key_scratch = row;
        let Some(place) = place? else { return Ok(None) };
        Ok(self.rows.row(place))
    }

    /// Calls `visit` with the sessions of a key that end at `earliest_end_ms` or later and start at `latest_start_ms` or earlier, in order of
    /// their ends and then of their starts, or the other way round, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn visit_sessions<Q>(
        &mut self,
        key: &Q,
        earliest_end_ms: i64,
        latest_start_ms: i64,
        order: Order,
        mut visit: impl FnMut(SessionWindow, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let mut row = std::mem::take(&mut self.key_scratch);
        let result = self.encode_key(key, &mut row).and_then(|encoded| {
            let earliest_end_ms = earliest_end_ms.max(self.first_seen_ms());
            match self.by_key.get(&row[..]).filter(|_| encoded == Encoded::Bytes) {
                Some(of_key) => {
                    let sessions = of_key.between(earliest_end_ms, latest_start_ms);
                    visit_rows(&mut self.rows, (&of_key.key, &mut row), each(sessions, order), &mut visit).map(|_| ())
                }
                None => Ok(()),
            }
        });
        self.key_scratch = row;
        result
    }

    /// As [`visit_sessions`](Self::visit_sessions) for the keys within a range of their bytes, one key after the other. A key that is null leaves
    /// its end of the range open.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn visit_keys<'q, Q>(
        &mut self,
        keys: impl RangeBounds<&'q Q>,
        earliest_end_ms: i64,
        latest_start_ms: i64,
        order: Order,
        mut visit: impl FnMut(&K, SessionWindow, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        let low = self.encode_bound(keys.start_bound(), &mut low)?;
        let high = self.encode_bound(keys.end_bound(), &mut high)?;
        if is_empty(low, high) {
            return Ok(());
        }
        let earliest_end_ms = earliest_end_ms.max(self.first_seen_ms());
        let (codec, mut slot) = (K::Codec::default(), Default::default());
        let mut row = std::mem::take(&mut self.key_scratch);
        let mut result = Ok(());
        for (bytes, of_key) in each(self.by_key.range::<[u8], _>((low, high)), order) {
            let key = codec.decode(Some(bytes), &mut slot);
            let sessions = each(of_key.between(earliest_end_ms, latest_start_ms), order);
            let flow = match key {
                Ok(key) => visit_rows(&mut self.rows, (bytes, &mut row), sessions, &mut |session, value| visit(key, session, value)),
                Err(e) => Err(StoreError::Decode { store: self.rows.name().to_owned(), reason: e.to_string() }),
            };
            match flow {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        self.key_scratch = row;
        result
    }

    /// The bytes of one end of a range.
    fn encode_bound<'b, Q>(&self, bound: Bound<&&Q>, bytes: &'b mut Vec<u8>) -> Result<Bound<&'b [u8]>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let (Bound::Included(key) | Bound::Excluded(key)) = bound else { return Ok(Bound::Unbounded) };
        Ok(match (self.encode_key(*key, bytes)?, bound) {
            (Encoded::Null, _) => Bound::Unbounded,
            (Encoded::Bytes, Bound::Excluded(_)) => Bound::Excluded(&bytes[..]),
            (Encoded::Bytes, _) => Bound::Included(&bytes[..]),
        })
    }
}

/// Calls `visit` with the sessions of a key that have a value.
fn visit_rows<V>(
    rows: &mut KeyValueStore<Vec<u8>, V>,
    (key, row): (&[u8], &mut Vec<u8>),
    sessions: impl Iterator<Item = SessionWindow>,
    visit: &mut impl FnMut(SessionWindow, &V) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, StoreError>
where
    V: StreamData<Stored = V> + Clone + 'static,
{
    for session in sessions {
        set_row(row, key, session);
        let Some(place) = rows.load(row)? else { continue };
        if let Some(value) = rows.row(place)
            && visit(session, value).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}
