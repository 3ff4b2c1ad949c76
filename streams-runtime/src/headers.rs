//! Headers of the record at hand: one flat buffer that is used again.

use std::borrow::Cow;
use std::fmt;

use crate::record::HeadersRef;

/// The headers of a record, in order; names may repeat.
///
/// ```
/// use streams_runtime::Headers;
/// let mut headers = Headers::default();
/// headers.add("trace", Some(b"7"));
/// headers.set("trace", Some(b"7"));
/// assert_eq!(headers.last("trace"), Some(Some(&b"7"[..])));
/// assert_eq!(format!("{headers:?}"), r#"{"trace": "7"}"#);
/// headers.remove("trace");
/// assert!(headers.is_empty());
/// ```
#[derive(Clone, Default)]
pub struct Headers {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    name: (usize, usize),
    value: Option<(usize, usize)>,
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter_bytes().eq(other.iter_bytes())
    }
}

impl Eq for Headers {}

/// `{"trace": "7", "lost": null}`; values that are no text are shown as their bytes.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            match value.map(|bytes| std::str::from_utf8(bytes).map_err(|_| bytes)) {
                None => map.entry(&name, &format_args!("null")),
                Some(Ok(text)) => map.entry(&name, &text),
                Some(Err(bytes)) => map.entry(&name, &bytes),
            };
        }
        map.finish()
    }
}

impl Headers {
    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of all names and values.
    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Removes all and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    /// Adds one at the end; `None` is a null value.
    pub fn add(&mut self, name: &str, value: Option<&[u8]>) {
        self.add_bytes(name.as_bytes(), value);
    }

    pub(crate) fn add_bytes(&mut self, name: &[u8], value: Option<&[u8]>) {
        let name = self.append(name);
        let value = value.map(|v| self.append(v));
        self.entries.push(Entry { name, value });
    }

    fn append(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }

    /// Puts one in the place of all headers of this name, at the end; `None` is a null value.
    pub fn set(&mut self, name: &str, value: Option<&[u8]>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Removes all headers of this name.
    pub fn remove(&mut self, name: &str) {
        let bytes = &self.bytes;
        self.entries.retain(|e| &bytes[e.name.0..e.name.1] != name.as_bytes());
    }

    /// All of them, in order. Bytes of a name that are not UTF-8 are shown with replacement characters.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Option<&[u8]>)> {
        self.iter_bytes().map(|(name, value)| (String::from_utf8_lossy(name), value))
    }

    pub(crate) fn iter_bytes(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.entries.iter().map(|e| (&self.bytes[e.name.0..e.name.1], e.value.map(|v| &self.bytes[v.0..v.1])))
    }

    /// The value of the last header of this name: outer `None` if there is no such header, inner `None` if it is null.
    pub fn last(&self, name: &str) -> Option<Option<&[u8]>> {
        self.entries
            .iter()
            .rev()
            .find(|e| &self.bytes[e.name.0..e.name.1] == name.as_bytes())
            .map(|e| e.value.map(|v| &self.bytes[v.0..v.1]))
    }

    #[inline]
    pub(crate) fn assign(&mut self, from: HeadersRef<'_>) {
        self.clear();
        for header in from.iter() {
            self.add_bytes(header.name_bytes(), header.value);
        }
    }
}

impl From<HeadersRef<'_>> for Headers {
    fn from(headers: HeadersRef<'_>) -> Self {
        let mut own = Headers::default();
        own.assign(headers);
        own
    }
}
