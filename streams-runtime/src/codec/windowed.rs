//! Keys in windows, as Kafka's `TimeWindowedSerializer` writes them.

use std::time::Duration;

use super::{Codec, CodecError, Encoded, OwnedData, StreamData};
use crate::windows::{Window, Windowed};

const START_BYTES: usize = 8;

/// The bytes of the key in format `C`, and 8 bytes of the window's start, big endian.
///
/// The size of the windows, hence the end, is not in the bytes: [`of`](TimeWindowed::of) knows it, `default()` takes [`i64::MAX`] for the end.
#[derive(Clone, Copy, Debug)]
pub struct TimeWindowed<C> {
    key: C,
    size_ms: i64,
}

impl<C: Default> Default for TimeWindowed<C> {
    fn default() -> Self {
        TimeWindowed { key: C::default(), size_ms: i64::MAX }
    }
}

impl<C> TimeWindowed<C> {
    /// The format of keys in windows of this size: `stream("counts").with(TimeWindowed::of(Utf8, minutes(1)), BigEndian)`.
    pub fn of(key: C, size: Duration) -> Self {
        TimeWindowed { key, size_ms: i64::try_from(size.as_millis()).unwrap_or(i64::MAX) }
    }
}

/// Memory of a [`TimeWindowed`] codec.
#[derive(Debug)]
pub struct WindowedSlot<K, S> {
    value: Option<Windowed<K>>,
    key: S,
}

impl<K, S: Default> Default for WindowedSlot<K, S> {
    fn default() -> Self {
        WindowedSlot { value: None, key: S::default() }
    }
}

impl<K: Clone + Send + 'static, C: Codec<K>> Codec<Windowed<K>> for TimeWindowed<C> {
    type Slot = WindowedSlot<K, C::Slot>;

    fn encode(&self, value: &Windowed<K>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let encoded = self.key.encode(&value.key, out)?;
        if encoded == Encoded::Bytes {
            out.extend_from_slice(&value.window.start_ms.to_be_bytes());
        }
        Ok(encoded)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Windowed<K>, CodecError> {
        let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
        let (key, start) = bytes.split_last_chunk().ok_or(CodecError::Length { expected: START_BYTES, found: bytes.len() })?;
        let start_ms = i64::from_be_bytes(*start);
        let window = Window { start_ms, end_ms: start_ms.saturating_add(self.size_ms) };
        let key = self.key.decode(Some(key), &mut slot.key)?;
        Ok(set(&mut slot.value, key, window))
    }

    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(..key.len().saturating_sub(START_BYTES)).unwrap_or(key)
    }
}

/// Puts a key in a window into a slot, whose memory is used again.
pub(crate) fn set<'a, K: Clone>(slot: &'a mut Option<Windowed<K>>, key: &K, window: Window) -> &'a Windowed<K> {
    match slot {
        Some(value) => {
            value.key.clone_from(key);
            value.window = window;
            value
        }
        empty => empty.insert(Windowed { key: key.clone(), window }),
    }
}

impl<K> StreamData for Windowed<K>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
{
    type Codec = TimeWindowed<K::Codec>;
    type Present = Self;
    type Stored = Self;

    #[inline]
    fn present(&self) -> Option<&Self> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Self> {
        Some(self.clone())
    }
    fn heap_bytes(&self) -> usize {
        self.key.heap_bytes()
    }
}

impl<K> OwnedData for Windowed<K>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
{
    fn into_stored(self) -> Option<Self> {
        Some(self)
    }
    fn from_stored(stored: Self) -> Self {
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Nullable, Utf8};

    #[test]
    fn the_partition_follows_from_the_key_inside() {
        let key = Windowed { key: "key".to_owned(), window: Window { start_ms: 7, end_ms: 9 } };
        let codec = TimeWindowed::<Utf8>::default();
        let mut bytes = Vec::new();
        assert_eq!(codec.encode(&key, &mut bytes), Ok(Encoded::Bytes));
        assert_eq!(Codec::<Windowed<String>>::partitioned_by(&codec, &bytes), b"key");
        assert_eq!(Codec::<Option<Windowed<String>>>::partitioned_by(&Nullable(codec), &bytes), b"key");
        assert_eq!(Codec::<String>::partitioned_by(&Utf8, b"key"), b"key");
    }

    #[test]
    fn bytes_too_few_for_a_start_are_an_error() {
        let mut slot = Default::default();
        let decoded: Result<&Windowed<String>, _> = TimeWindowed::<Utf8>::default().decode(Some(b"short"), &mut slot);
        assert_eq!(decoded, Err(CodecError::Length { expected: 8, found: 5 }));
    }
}
