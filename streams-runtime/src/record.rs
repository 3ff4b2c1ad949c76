//! Records in flat buffers: what the brokers hand over and take, many at a time, without an allocation per record.

use std::borrow::Cow;
use std::ops::Range;

/// The length of a Kafka null.
const NULL: usize = usize::MAX;

/// A record in the byte buffer of a [`RecordBatch`]: its key, and its value behind it. Positions
/// are as wide as those of memory, so that no batch is too large for them.
#[derive(Clone, Debug)]
struct Entry {
    offset: i64,
    timestamp_ms: i64,
    start: usize,
    key_len: usize,
    value_len: usize,
    headers: Range<u32>,
}

/// A header: its name, and its value behind it.
#[derive(Clone, Debug)]
struct HeaderEntry {
    start: usize,
    name_len: usize,
    value_len: usize,
}

/// The bytes of two things that lie one behind the other, and whether the lengths are those of
/// nulls.
fn pair(bytes: &[u8], start: usize, first: usize, second: usize) -> (Option<&[u8]>, Option<&[u8]>) {
    let middle = if first == NULL { start } else { start + first };
    let slice = |start: usize, len: usize| (len != NULL).then(|| &bytes[start..start + len]);
    (slice(start, first), slice(middle, second))
}

/// Many records in one buffer. Cleared and filled again, it allocates nothing in steady state.
///
/// ```
/// use streams_runtime::record::{RecordBatch, NewRecord};
/// let mut batch = RecordBatch::default();
/// batch.push(NewRecord { key: Some(b"k"), value: None, timestamp_ms: 7, offset: 3 });
/// batch.push_header(b"trace", Some(b"1"));
/// let record = batch.get(0).unwrap();
/// assert_eq!((record.key, record.value, record.timestamp_ms, record.offset), (Some(&b"k"[..]), None, 7, 3));
/// assert_eq!(record.headers.iter().next().unwrap().name(), "trace");
/// ```
#[derive(Clone, Debug, Default)]
pub struct RecordBatch {
    bytes: Vec<u8>,
    records: Vec<Entry>,
    headers: Vec<HeaderEntry>,
}

/// What goes into a [`RecordBatch`]; headers follow with [`RecordBatch::push_header`].
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'a> {
    /// Key bytes; `None` is a null key.
    pub key: Option<&'a [u8]>,
    /// Value bytes; `None` is a null value, a tombstone for a table.
    pub value: Option<&'a [u8]>,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// Offset in the partition; 0 for a record that is yet to be written.
    pub offset: i64,
}

/// One record of a [`RecordBatch`], borrowed.
#[derive(Clone, Copy, Debug)]
pub struct RecordRef<'a> {
    /// Key bytes; `None` is a null key.
    pub key: Option<&'a [u8]>,
    /// Value bytes; `None` is a null value.
    pub value: Option<&'a [u8]>,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// Offset in the partition.
    pub offset: i64,
    /// The headers, in order; names may repeat.
    pub headers: HeadersRef<'a>,
}

impl<'a> From<NewRecord<'a>> for RecordRef<'a> {
    fn from(record: NewRecord<'a>) -> Self {
        let headers = HeadersRef { bytes: &[], entries: &[] };
        RecordRef { key: record.key, value: record.value, timestamp_ms: record.timestamp_ms, offset: record.offset, headers }
    }
}

/// The headers of one record, borrowed from its batch.
#[derive(Clone, Copy, Debug)]
pub struct HeadersRef<'a> {
    bytes: &'a [u8],
    entries: &'a [HeaderEntry],
}

/// One header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderRef<'a> {
    name: &'a [u8],
    /// The value; `None` is null.
    pub value: Option<&'a [u8]>,
}

impl<'a> HeaderRef<'a> {
    /// The name. Kafka demands UTF-8; bytes that are not are shown with replacement characters.
    pub fn name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.name)
    }

    /// The bytes of the name.
    pub fn name_bytes(&self) -> &'a [u8] {
        self.name
    }
}

impl<'a> HeadersRef<'a> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = HeaderRef<'a>> + use<'a> {
        let bytes = self.bytes;
        self.entries.iter().map(move |h| {
            let (name, value) = pair(bytes, h.start, h.name_len, h.value_len);
            HeaderRef { name: name.unwrap_or_default(), value }
        })
    }

    /// The value of the last header of this name: outer `None` if there is no such header, inner `None` if it is null.
    pub fn last(&self, name: &str) -> Option<Option<&'a [u8]>> {
        let mut headers = self.entries.iter().rev().map(|h| pair(self.bytes, h.start, h.name_len, h.value_len));
        headers.find(|(found, _)| *found == Some(name.as_bytes())).map(|(_, value)| value)
    }
}

impl RecordBatch {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Bytes of all keys, values and headers.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Removes all records and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.headers.clear();
    }

    /// The length of what was appended.
    fn append(&mut self, bytes: Option<&[u8]>) -> usize {
        let Some(bytes) = bytes else {
            return NULL;
        };
        self.bytes.extend_from_slice(bytes);
        bytes.len()
    }

    /// Appends a record without headers.
    pub fn push(&mut self, record: NewRecord<'_>) {
        let start = self.bytes.len();
        let key_len = self.append(record.key);
        let value_len = self.append(record.value);
        let end = self.headers.len() as u32;
        self.records.push(Entry { offset: record.offset, timestamp_ms: record.timestamp_ms, start, key_len, value_len, headers: end..end });
    }

    /// Adds a header to the record pushed last. Without a record it does nothing.
    pub fn push_header(&mut self, name: &[u8], value: Option<&[u8]>) {
        if self.records.is_empty() {
            return;
        }
        let start = self.bytes.len();
        let name_len = self.append(Some(name));
        let value_len = self.append(value);
        self.headers.push(HeaderEntry { start, name_len, value_len });
        if let Some(last) = self.records.last_mut() {
            last.headers.end = self.headers.len() as u32;
        }
    }

    /// Appends a copy of a record with its headers.
    pub fn push_ref(&mut self, record: RecordRef<'_>) {
        self.push(NewRecord { key: record.key, value: record.value, timestamp_ms: record.timestamp_ms, offset: record.offset });
        for header in record.headers.iter() {
            self.push_header(header.name, header.value);
        }
    }

    /// Record `index`, if there is one.
    pub fn get(&self, index: usize) -> Option<RecordRef<'_>> {
        let entry = self.records.get(index)?;
        let (key, value) = pair(&self.bytes, entry.start, entry.key_len, entry.value_len);
        Some(RecordRef {
            key,
            value,
            timestamp_ms: entry.timestamp_ms,
            offset: entry.offset,
            headers: HeadersRef { bytes: &self.bytes, entries: &self.headers[entry.headers.start as usize..entry.headers.end as usize] },
        })
    }

    /// All records in order.
    pub fn iter(&self) -> impl Iterator<Item = RecordRef<'_>> {
        (0..self.len()).filter_map(|i| self.get(i))
    }
}
