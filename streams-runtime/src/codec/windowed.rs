//! Keys in windows, as Kafka's `TimeWindowedSerializer` and `SessionWindowedSerializer` write them.

use std::time::Duration;

use super::{Codec, CodecError, Encoded, OwnedData, StreamData};
use crate::windows::{CustomWindows, SessionWindow, Window, WindowEnds, Windowed, duration_ms};

const START_BYTES: usize = 8;
/// What follows the key's own bytes in a session's: its end and its start.
const SESSION_BYTES: usize = 16;

/// The bytes of the key in format `C`, and 8 bytes of the window's start, big endian.
///
/// The size of the windows, hence the end, is not in the bytes: [`of`](TimeWindowed::of) knows it,
/// and [`in_windows`](TimeWindowed::in_windows) of windows of one's own. `default()` takes
/// [`i64::MAX`] for the end.
#[derive(Clone, Debug)]
pub struct TimeWindowed<C> {
    key: C,
    ends: WindowEnds,
}

impl<C: Default> Default for TimeWindowed<C> {
    fn default() -> Self {
        TimeWindowed { key: C::default(), ends: WindowEnds::After(i64::MAX) }
    }
}

impl<C> TimeWindowed<C> {
    /// The format of keys in windows of this size: `stream("counts").with(TimeWindowed::of(Utf8, minutes(1)), BigEndian)`.
    pub fn of(key: C, size: Duration) -> Self {
        Self::with_ends(key, WindowEnds::After(duration_ms(size)))
    }

    /// The format of keys in windows of one's own, as they were when the keys were written: their
    /// ends follow from their starts.
    ///
    /// `stream("totals").with(TimeWindowed::in_windows(Utf8, Months), BigEndian)`. A key whose
    /// start is that of no window cannot be decoded.
    pub fn in_windows<W: CustomWindows>(key: C, windows: W) -> Self {
        Self::with_ends(key, WindowEnds::of(windows))
    }

    pub(crate) fn with_ends(key: C, ends: WindowEnds) -> Self {
        TimeWindowed { key, ends }
    }
}

/// Memory of a [`TimeWindowed`] or [`SessionWindowed`] codec.
#[derive(Debug)]
pub struct WindowedSlot<K, S, W = Window> {
    value: Option<Windowed<K, W>>,
    key: S,
}

impl<K, S: Default, W> Default for WindowedSlot<K, S, W> {
    fn default() -> Self {
        WindowedSlot { value: None, key: S::default() }
    }
}

impl<K: Clone + Send + 'static, C: Codec<K>> Codec<Windowed<K>> for TimeWindowed<C> {
    type Slot = WindowedSlot<K, C::Slot>;

    const SIGNED: bool = C::SIGNED;
    const REFUSES: bool = C::REFUSES;

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
        let window = self.ends.window(i64::from_be_bytes(*start)).map_err(|e| CodecError::Invalid(e.to_string()))?;
        let key = self.key.decode(Some(key), &mut slot.key)?;
        Ok(set(&mut slot.value, key, window))
    }

    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(..key.len().saturating_sub(START_BYTES)).unwrap_or(key)
    }
}

/// The bytes of the key in format `C`, and 8 bytes each of the session's end and start, big endian.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionWindowed<C> {
    key: C,
}

impl<C> SessionWindowed<C> {
    /// The format of keys in sessions: `stream("visits").with(SessionWindowed::of(Utf8), BigEndian)`.
    pub const fn of(key: C) -> Self {
        SessionWindowed { key }
    }
}

/// Appends what makes the bytes of a key those of a key in a session.
#[inline]
pub(crate) fn end_session_key(key: &mut Vec<u8>, session: SessionWindow) {
    key.extend_from_slice(&session.end_ms.to_be_bytes());
    key.extend_from_slice(&session.start_ms.to_be_bytes());
}

/// Takes the bytes of a key in a session apart.
pub(crate) fn session_key(bytes: &[u8]) -> Result<(&[u8], SessionWindow), CodecError> {
    let short = CodecError::Length { expected: SESSION_BYTES, found: bytes.len() };
    let Some((rest, start)) = bytes.split_last_chunk() else { return Err(short) };
    let Some((key, end)) = rest.split_last_chunk() else { return Err(short) };
    Ok((key, SessionWindow { start_ms: i64::from_be_bytes(*start), end_ms: i64::from_be_bytes(*end) }))
}

impl<K: Clone + Send + 'static, C: Codec<K>> Codec<Windowed<K, SessionWindow>> for SessionWindowed<C> {
    type Slot = WindowedSlot<K, C::Slot, SessionWindow>;

    const SIGNED: bool = C::SIGNED;
    const REFUSES: bool = C::REFUSES;

    fn encode(&self, value: &Windowed<K, SessionWindow>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let encoded = self.key.encode(&value.key, out)?;
        if encoded == Encoded::Bytes {
            end_session_key(out, value.window);
        }
        Ok(encoded)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Windowed<K, SessionWindow>, CodecError> {
        let (key, session) = session_key(bytes.ok_or(CodecError::UnexpectedNull)?)?;
        let key = self.key.decode(Some(key), &mut slot.key)?;
        Ok(set(&mut slot.value, key, session))
    }

    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(..key.len().saturating_sub(SESSION_BYTES)).unwrap_or(key)
    }
}

/// Puts a key in a window into a slot, whose memory is used again.
pub(crate) fn set<'a, K: Clone, W>(slot: &'a mut Option<Windowed<K, W>>, key: &K, window: W) -> &'a Windowed<K, W> {
    match slot {
        Some(value) => {
            value.key.clone_from(key);
            value.window = window;
            value
        }
        empty => empty.insert(Windowed { key: key.clone(), window }),
    }
}

macro_rules! in_windows {
    ($($window:ty => $codec:ident),*) => {$(
        impl<K> StreamData for Windowed<K, $window>
        where
            K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        {
            type Codec = $codec<K::Codec>;
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

        impl<K> OwnedData for Windowed<K, $window>
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
    )*};
}
in_windows!(Window => TimeWindowed, SessionWindow => SessionWindowed);

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

    #[test]
    fn a_key_in_a_session_is_key_end_start() {
        let key = Windowed { key: "key".to_owned(), window: SessionWindow { start_ms: 7, end_ms: 9 } };
        let codec = SessionWindowed::<Utf8>::default();
        let mut bytes = Vec::new();
        assert_eq!(codec.encode(&key, &mut bytes), Ok(Encoded::Bytes));
        assert_eq!(bytes, [&b"key"[..], &9_i64.to_be_bytes(), &7_i64.to_be_bytes()].concat());
        let mut slot = Default::default();
        assert_eq!(codec.decode(Some(&bytes), &mut slot), Ok(&key));
        assert_eq!(Codec::<Windowed<String, SessionWindow>>::partitioned_by(&codec, &bytes), b"key");
        let short: Result<&Windowed<String, SessionWindow>, _> = codec.decode(Some(b"too short"), &mut slot);
        assert_eq!(short.err(), Some(CodecError::Length { expected: 16, found: 9 }));
    }
}
