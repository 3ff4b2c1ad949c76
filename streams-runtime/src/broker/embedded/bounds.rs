//! The bounds of a partition: what must be in its files, so that what is missing can be told from
//! what was never there.
//!
//! A crash of the machine may leave anything at the end of a log that was not synced, and nothing
//! else: the end may be missing, have holes or be whole. Nothing in the bytes themselves tells such
//! an end from damage, since a record may contain any bytes, also those of a batch. So a partition
//! notes up to which offset its records were made safe. Below that offset everything must be there
//! and be as it was written; beyond it whatever is not a whole batch in its place is a torn end.
//!
//! The note is written after the sync that it tells of, and need not be synced itself: an older one
//! is true as well. So a commit pays for one small write and not for a second sync. After the end
//! of a process the note is exact. After a crash of the machine it is as old as the last time the
//! system wrote it, seconds usually; damage to records that were synced after that cannot be told
//! from a torn end then, unless a later segment file is there: a segment is synced before the next
//! one is begun. Opening and closing a log syncs the note.
//!
//! Notes are appended, so that a write that is cut short leaves those before it; both offsets only
//! grow, so the largest that can be read counts. When the file is long enough it is replaced by one
//! with a single note, and that one is synced before it takes the name.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::storage::{LogFile, Storage, failed, replace};
use crate::broker::BrokerError;

/// The name of the file.
pub(super) const FILE: &str = "bounds";

/// Two offsets and a checksum.
pub(super) const ENTRY_BYTES: usize = 8 + 8 + 4;

/// A file of this length is replaced.
const FULL_BYTES: usize = 200 * ENTRY_BYTES;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The first offset that is there.
    pub(super) start: i64,
    /// The records before this offset are on the medium.
    pub(super) safe_end: i64,
}

impl Bounds {
    fn entry(self) -> Vec<u8> {
        let mut bytes = [self.start.to_be_bytes(), self.safe_end.to_be_bytes()].concat();
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
        bytes
    }

    fn of_entry(bytes: &[u8]) -> Option<Self> {
        let (start, rest) = bytes.split_at_checked(8)?;
        let (safe_end, crc) = rest.split_at_checked(8)?;
        let is_whole = crc == crc32fast::hash(&bytes[..16]).to_be_bytes();
        let bounds = Bounds { start: i64::from_be_bytes(start.try_into().ok()?), safe_end: i64::from_be_bytes(safe_end.try_into().ok()?) };
        is_whole.then_some(bounds)
    }
}

/// The bounds as the file in a partition's directory has them, and its length; `None` if there is
/// no such file.
///
/// # Errors
/// The file cannot be read, or nothing in it is a note.
pub(super) fn read(storage: &dyn Storage, dir: &Path) -> Result<Option<(Bounds, usize)>, BrokerError> {
    let path = dir.join(FILE);
    let bytes = match storage.read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|e| failed(&path, e))?,
    };
    let entries = bytes.chunks(ENTRY_BYTES).filter_map(Bounds::of_entry);
    let latest = entries.reduce(|a, b| Bounds { start: a.start.max(b.start), safe_end: a.safe_end.max(b.safe_end) });
    match latest {
        Some(bounds) => Ok(Some((bounds, bytes.len()))),
        None => Err(failed(&path, "no offsets can be read from it (checksum); without them lost records cannot be told from a torn end")),
    }
}

/// Writes a file with these bounds, safe on return.
pub(super) fn write(storage: &dyn Storage, dir: &Path, bounds: Bounds) -> Result<(), BrokerError> {
    replace(storage, &dir.join(FILE), &bounds.entry(), true)
}

/// The file of an open log.
#[derive(Debug)]
pub(super) struct BoundsFile {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    noted: Bounds,
    length: usize,
    file: Option<Arc<dyn LogFile>>,
}

impl BoundsFile {
    /// The file there is, with these bounds and of this length.
    pub(super) fn new(storage: Arc<dyn Storage>, dir: PathBuf, noted: Bounds, length: usize) -> Self {
        BoundsFile { storage, dir, noted, length, file: None }
    }

    /// Notes bounds; they may be lost in a crash.
    pub(super) fn note(&mut self, bounds: Bounds) -> Result<(), BrokerError> {
        if bounds == self.noted {
            return Ok(());
        }
        if self.length >= FULL_BYTES {
            return self.replace(bounds);
        }
        let append = |file: &mut Option<Arc<dyn LogFile>>| {
            let file = match file {
                Some(file) => file,
                None => file.insert(self.storage.append_to(&self.dir.join(FILE))?),
            };
            file.append(&bounds.entry())
        };
        if let Err(error) = append(&mut self.file) {
            // It may end with a part of a note now: the next one goes to a new file.
            self.length = FULL_BYTES;
            return Err(failed(&self.dir.join(FILE), error));
        }
        self.length += ENTRY_BYTES;
        self.noted = bounds;
        Ok(())
    }

    /// Notes bounds so that no crash takes them.
    pub(super) fn replace(&mut self, bounds: Bounds) -> Result<(), BrokerError> {
        self.file = None;
        self.length = FULL_BYTES;
        write(&*self.storage, &self.dir, bounds)?;
        self.length = ENTRY_BYTES;
        self.noted = bounds;
        Ok(())
    }

    /// Makes the note safe, before the log is closed.
    pub(super) fn close(&mut self) -> Result<(), BrokerError> {
        match self.file.take() {
            Some(file) => file.sync().map_err(|e| failed(&self.dir.join(FILE), e)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_with_a_changed_byte_is_none() {
        let bounds = Bounds { start: 7, safe_end: 1 << 40 };
        let entry = bounds.entry();
        assert_eq!(Bounds::of_entry(&entry), Some(bounds));
        for at in 0..entry.len() {
            for change in 1..=255 {
                let mut changed = entry.clone();
                changed[at] ^= change;
                assert_eq!(Bounds::of_entry(&changed), None);
            }
            assert_eq!(Bounds::of_entry(&entry[..at]), None);
        }
        assert_eq!(Bounds::of_entry(&[0; ENTRY_BYTES]), None);
    }
}
