//! The checksummed batch, the unit that a segment file consists of (described in the module documentation of [`super`]).

use super::chunk::Chunk;
use super::encoding;

const MAGIC: [u8; 3] = *b"SLB";
const VERSION: u8 = 1;
pub(super) const HEADER_BYTES: usize = 32;
/// What the checksum covers begins here.
const CHECKED_FROM: usize = 12;

/// A batch whose checksum is right.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    pub(super) base_offset: i64,
    pub(super) next_offset: i64,
    pub(super) max_timestamp_ms: i64,
    pub(super) records: &'a [u8],
    /// Where the next batch begins.
    pub(super) next: usize,
}

/// Appends a batch of encoded records.
pub(super) fn write(out: &mut Vec<u8>, base_offset: i64, count: u32, max_timestamp_ms: i64, records: &[u8]) {
    let start = out.len();
    out.extend_from_slice(&MAGIC);
    out.push(VERSION);
    out.extend_from_slice(&((HEADER_BYTES + records.len()) as u32).to_be_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&base_offset.to_be_bytes());
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&max_timestamp_ms.to_be_bytes());
    out.extend_from_slice(records);
    let crc = crc32fast::hash(&out[start + CHECKED_FROM..]);
    out[start + 8..start + CHECKED_FROM].copy_from_slice(&crc.to_be_bytes());
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn i64_at(bytes: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The batch that begins at `at`, if one does and it is whole.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<Batch<'_>> {
    let rest = bytes.get(at..)?;
    if !rest.starts_with(&MAGIC) || *rest.get(3)? != VERSION {
        return None;
    }
    let length = u32_at(rest, 4)? as usize;
    if length <= HEADER_BYTES {
        return None;
    }
    let batch = rest.get(..length)?;
    if crc32fast::hash(&batch[CHECKED_FROM..]) != u32_at(batch, 8)? {
        return None;
    }
    let base_offset = i64_at(batch, 12)?;
    Some(Batch {
        base_offset,
        next_offset: base_offset.checked_add(i64::from(u32_at(batch, 20)?))?,
        max_timestamp_ms: i64_at(batch, 24)?,
        records: &batch[HEADER_BYTES..],
        next: at + length,
    })
}

/// Whether a batch of a version this program does not know seems to begin at `at`.
pub(super) fn unknown_version(bytes: &[u8], at: usize) -> Option<u8> {
    let rest = bytes.get(at..)?;
    let version = *rest.get(3)?;
    (rest.starts_with(&MAGIC) && version != VERSION).then_some(version)
}

/// The records of consecutive batches as one chunk; `None` if some byte is not as it was written.
pub(super) fn read_chunk(bytes: &[u8]) -> Option<Chunk> {
    let first = read(bytes, 0)?;
    let mut chunk = Chunk::new(first.base_offset);
    let mut at = 0;
    while at < bytes.len() {
        let batch = read(bytes, at)?;
        if batch.base_offset != chunk.next_offset {
            return None;
        }
        chunk.bytes.extend_from_slice(batch.records);
        chunk.next_offset = batch.next_offset;
        chunk.max_timestamp_ms = chunk.max_timestamp_ms.max(batch.max_timestamp_ms);
        at = batch.next;
    }
    encoding::at(&chunk.bytes, 0)?;
    Some(chunk)
}
