//! Records that have waited become the record at hand, and give the place back.

use std::sync::Arc;

use super::Context;
use crate::codec::CodecError;
use crate::codec::buffered::{BufferedParts, Origin};
use crate::headers::Headers;

/// What the context says of a record that has waited.
#[derive(Debug, Default)]
pub(crate) struct AtHand {
    origin: Origin,
    raw_key: Option<Vec<u8>>,
    raw_value: Option<Vec<u8>>,
    raw_headers: Headers,
}

impl From<Origin> for AtHand {
    /// Its bytes are not known any more.
    fn from(origin: Origin) -> Self {
        AtHand { origin, raw_key: None, raw_value: None, raw_headers: Headers::default() }
    }
}

impl Context {
    /// Says where the record at hand comes from.
    pub(crate) fn origin_into(&self, origin: &mut Origin) {
        origin.timestamp_ms = self.timestamp_ms;
        origin.offset = self.offset;
        origin.partition = self.partition;
        if !Arc::ptr_eq(&origin.topic, &self.topic) {
            origin.topic = Arc::clone(&self.topic);
        }
        if !(origin.headers.is_empty() && self.headers.is_empty()) {
            origin.headers.clone_from(&self.headers);
        }
    }

    /// Takes a record that has waited as the record at hand, through `other`, which then has the one that was.
    pub(crate) fn take_up(&mut self, other: &mut AtHand, key: &[u8], parts: &BufferedParts<'_>) -> Result<(), CodecError> {
        parts.origin_into(&mut other.origin)?;
        if self.keeps_raw {
            other.raw_key = Some(key.to_vec());
            other.raw_value = parts.new.map(<[u8]>::to_vec);
            other.raw_headers.clone_from(&other.origin.headers);
        }
        self.exchange(other);
        Ok(())
    }

    /// Changes the record at hand for another one, or back.
    pub(crate) fn exchange(&mut self, other: &mut AtHand) {
        std::mem::swap(&mut self.timestamp_ms, &mut other.origin.timestamp_ms);
        std::mem::swap(&mut self.offset, &mut other.origin.offset);
        std::mem::swap(&mut self.topic, &mut other.origin.topic);
        std::mem::swap(&mut self.partition, &mut other.origin.partition);
        std::mem::swap(&mut self.headers, &mut other.origin.headers);
        std::mem::swap(&mut self.raw_key, &mut other.raw_key);
        std::mem::swap(&mut self.raw_value, &mut other.raw_value);
        std::mem::swap(&mut self.raw_headers, &mut other.raw_headers);
    }
}
