//! The bytes of a record, the same in memory and in segment files (described in the module documentation of [`super`]).

use crate::record::{NewRecord, RecordBatch, RecordRef};

const HAS_KEY: u8 = 1;
const HAS_VALUE: u8 = 2;
const HAS_HEADERS: u8 = 4;
const NULL: u32 = u32::MAX;

/// Length field, flags, offset, timestamp.
const FIXED_BYTES: usize = 4 + 1 + 8 + 8;

/// How many bytes [`encode`] will append.
pub(super) fn encoded_bytes(record: &RecordRef<'_>) -> usize {
    let mut bytes = FIXED_BYTES;
    bytes += record.key.map_or(0, |k| 4 + k.len());
    bytes += record.value.map_or(0, |v| 4 + v.len());
    if !record.headers.is_empty() {
        bytes += 4;
        for header in record.headers.iter() {
            bytes += 4 + header.name_bytes().len() + 4 + header.value.map_or(0, <[u8]>::len);
        }
    }
    bytes
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Appends a record. Lengths fit in 32 bits because larger records are refused before (`max.message.bytes`).
pub(super) fn encode(out: &mut Vec<u8>, offset: i64, timestamp_ms: i64, record: &RecordRef<'_>) {
    let start = out.len();
    let mut flags = 0;
    if record.key.is_some() {
        flags |= HAS_KEY;
    }
    if record.value.is_some() {
        flags |= HAS_VALUE;
    }
    if !record.headers.is_empty() {
        flags |= HAS_HEADERS;
    }
    let mut fixed = [0; FIXED_BYTES];
    fixed[4] = flags;
    fixed[5..13].copy_from_slice(&offset.to_be_bytes());
    fixed[13..21].copy_from_slice(&timestamp_ms.to_be_bytes());
    out.extend_from_slice(&fixed);
    if let Some(key) = record.key {
        put(out, key);
    }
    if let Some(value) = record.value {
        put(out, value);
    }
    if flags & HAS_HEADERS != 0 {
        out.extend_from_slice(&(record.headers.len() as u32).to_be_bytes());
        for header in record.headers.iter() {
            put(out, header.name_bytes());
            match header.value {
                Some(value) => put(out, value),
                None => out.extend_from_slice(&NULL.to_be_bytes()),
            }
        }
    }
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// Reads from the front of a slice; `None` when it ends too early.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn i64(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.bytes(8)?.try_into().ok()?))
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.bytes(length as usize)
    }

    fn nullable(&mut self) -> Option<Option<&'a [u8]>> {
        match self.u32()? {
            NULL => Some(None),
            length => Some(Some(self.bytes(length as usize)?)),
        }
    }
}

/// A record in its encoded form.
#[derive(Clone, Copy)]
pub(super) struct Encoded<'a> {
    pub(super) offset: i64,
    pub(super) timestamp_ms: i64,
    flags: u8,
    /// Key, value and headers.
    body: &'a [u8],
    /// Where the next record begins.
    pub(super) next: usize,
}

/// The record that begins at `at`; `None` at the end of the bytes or if they are not a record.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Encoded<'_>> {
    let mut reader = Reader(bytes.get(at..)?);
    let length = reader.u32()? as usize;
    let mut reader = Reader(reader.bytes(length)?);
    let flags = *reader.bytes(1)?.first()?;
    Some(Encoded { flags, offset: reader.i64()?, timestamp_ms: reader.i64()?, body: reader.0, next: at + 4 + length })
}

impl Encoded<'_> {
    /// Appends the record to a batch; `None` if its bytes are not a record.
    pub(super) fn decode_into(&self, into: &mut RecordBatch) -> Option<()> {
        let mut reader = Reader(self.body);
        let key = if self.flags & HAS_KEY != 0 { Some(reader.sized()?) } else { None };
        let value = if self.flags & HAS_VALUE != 0 { Some(reader.sized()?) } else { None };
        into.push(NewRecord { key, value, timestamp_ms: self.timestamp_ms, offset: self.offset });
        if self.flags & HAS_HEADERS != 0 {
            for _ in 0..reader.u32()? {
                let name = reader.sized()?;
                let value = reader.nullable()?;
                into.push_header(name, value);
            }
        }
        Some(())
    }
}
