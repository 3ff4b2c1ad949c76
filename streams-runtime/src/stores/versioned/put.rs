//! Puts: where a version belongs among those of its key.

use std::rc::Rc;

use super::VersionedStore;
use super::past::{Old, Past};
use super::version::Version;
use crate::broker::ProduceBatch;
use crate::codec::{Codec, Encoded, StreamData};
use crate::headers::Headers;
use crate::record::NewRecord;
use crate::stores::StoreError;

/// What became of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionPut {
    /// It is the latest version of its key.
    Latest,
    /// It is an earlier version, and holds until this time.
    Until(i64),
    /// It was older than the history of the store, which is as it was.
    TooOld,
}

impl<K, V> VersionedStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Puts a value, or with `None` a deletion, for a key at a time.
    ///
    /// # Errors
    /// When the backend fails, or key or value have no bytes.
    pub(crate) fn put<Q>(&mut self, key: &Q, value: Option<V>, time_ms: i64, out: &mut ProduceBatch) -> Result<VersionPut, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if !self.locate(key)? {
            return Err(StoreError::NullKey { store: self.name().to_owned() });
        }
        self.put_located(value, time_ms, out)
    }

    /// Puts a value, or with `None` a deletion, for the key at work.
    #[inline]
    pub(crate) fn put_located(&mut self, value: Option<V>, time_ms: i64, out: &mut ProduceBatch) -> Result<VersionPut, StoreError> {
        if time_ms < self.limit_ms() {
            return Ok(VersionPut::TooOld);
        }
        self.value_bytes.clear();
        if let Some(value) = &value {
            match V::Codec::default().encode(value, &mut self.value_bytes) {
                Ok(Encoded::Bytes) => {}
                Ok(Encoded::Null) => {
                    let reason = "its format makes a null of it, and a null deletes the row";
                    return Err(StoreError::Encode { store: self.name().to_owned(), reason: reason.into() });
                }
                Err(e) => return Err(self.encode_error(&e)),
            }
        }
        let bytes = value.as_ref().map(|_| &self.value_bytes[..]);
        if let Some((topic, partition)) = self.changelog {
            out.push(
                topic,
                partition,
                NewRecord { key: Some(&self.latest_key[1..]), value: bytes, timestamp_ms: time_ms.max(0), offset: 0 },
            );
        }
        let lives = value.is_some();
        self.newest_ms = self.newest_ms.max(time_ms);
        let put = self.apply(value, time_ms)?;
        if put == VersionPut::Latest && lives {
            let bytes = std::mem::take(&mut self.value_bytes);
            let kept = self.set_bytes(Some(&bytes));
            self.value_bytes = bytes;
            kept?;
        }
        Ok(put)
    }

    /// Where a version that is not too old belongs.
    pub(super) fn apply(&mut self, value: Option<V>, time_ms: i64) -> Result<VersionPut, StoreError> {
        let place = self.latest_place()?;
        let latest_ms = self.rows.row(place).map(|_| self.rows.row_timestamp_ms(place));
        let last = self.past.get(self.located()).and_then(Past::last);
        match latest_ms {
            Some(latest_ms) if time_ms < latest_ms => self.put_below(value, time_ms, Some(latest_ms)),
            None if last.is_some_and(|last| time_ms < last.from_ms) => self.put_below(value, time_ms, None),
            Some(latest_ms) => {
                let replaced = self.rows.take(place);
                let lives = value.is_some();
                self.rows.set(place, time_ms, &Headers::default(), value.map(Version::Value));
                let newer = time_ms > latest_ms;
                if newer && let Some(replaced) = replaced {
                    self.put_old(latest_ms, replaced)?;
                }
                // Taking a value back at its own time leaves a mark only where something ended there, as in Kafka Streams.
                if !lives && (newer || last.is_some_and(|last| last.ends_at_next())) {
                    self.put_old(time_ms, Version::Deleted { was_latest: true })?;
                }
                self.set_latest_ms(lives.then_some(time_ms));
                Ok(VersionPut::Latest)
            }
            None => {
                match value {
                    Some(value) => {
                        self.rows.take(place);
                        self.rows.set(place, time_ms, &Headers::default(), Some(Version::Value(value)));
                        self.set_latest_ms(Some(time_ms));
                    }
                    // Deleted a second time at one time.
                    None if last.is_some_and(|last| last.from_ms == time_ms) => {}
                    None => self.put_old(time_ms, Version::Deleted { was_latest: true })?,
                }
                Ok(VersionPut::Latest)
            }
        }
    }

    /// A version with a later one; `latest_ms`: `None` if that is a deletion.
    fn put_below(&mut self, value: Option<V>, time_ms: i64, latest_ms: Option<i64>) -> Result<VersionPut, StoreError> {
        let next_ms = self.past.get(self.located()).and_then(|past| past.after(time_ms)).or(latest_ms);
        self.put_old(time_ms, value.map_or(Version::Deleted { was_latest: false }, Version::Value))?;
        if latest_ms.is_some() {
            self.set_latest_ms(latest_ms);
        }
        Ok(VersionPut::Until(next_ms.unwrap_or(i64::MAX)))
    }

    fn set_latest_ms(&mut self, latest_ms: Option<i64>) {
        if let Some(past) = self.past.get_mut(&self.latest_key[1..]) {
            past.latest_ms = latest_ms;
        }
    }

    /// Writes the row of a version that is not the latest, and remembers it.
    fn put_old(&mut self, from_ms: i64, version: Version<V>) -> Result<(), StoreError> {
        let old = Old { from_ms, kind: version.kind() };
        let place = self.old_place(from_ms)?;
        self.rows.take(place);
        self.rows.set(place, from_ms, &Headers::default(), Some(version));
        if let Some(past) = self.past.get_mut(&self.latest_key[1..]) {
            past.insert(old);
            return Ok(());
        }
        let key: Rc<[u8]> = self.latest_key[1..].into();
        let mut past = Past::new(None);
        past.insert(old);
        self.due.insert((past.schedule(), Rc::clone(&key)));
        self.past.insert(key, past);
        Ok(())
    }
}
