//! The seam to the file system: the few operations a durable log needs, so that tests and
//! simulators can make any of them fail ([`EmbeddedLog::open_on`](super::EmbeddedLog::open_on)).

use std::fmt::Debug;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use crate::broker::BrokerError;

/// A directory tree.
pub trait Storage: Send + Sync + Debug {
    /// Makes a directory in one that is there; `false` if it is there itself.
    ///
    /// # Errors
    /// `NotFound` if the one above it is missing.
    fn create_dir(&self, path: &Path) -> io::Result<bool>;
    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// `NotADirectory` if it is a file.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Opens a file to append to it; makes it if it is not there.
    fn append_to(&self, path: &Path) -> io::Result<Arc<dyn LogFile>>;
    /// All bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Exactly `length` bytes of a file.
    fn read_at(&self, path: &Path, position: u64, length: usize) -> io::Result<Vec<u8>>;
    /// Writes the bytes from `position` on once more over themselves, and makes them safe. At no
    /// time is anything else there.
    fn write_again(&self, path: &Path, position: u64) -> io::Result<()>;
    /// Gives a file or a directory another name; a file that had it is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a directory with all that is in it.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory safe: new files, renamed and removed ones.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Locks a file against other processes as long as the result lives; `None` if it is locked.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>>;
}

/// A file that is appended to. Used by one writer at a time; only `sync` may run beside the others,
/// and only once at a time: a system tells a failure to write once, so of two syncs at once one may
/// hear nothing of it.
pub trait LogFile: Send + Sync + Debug {
    /// Writes all bytes at the end. After an error any part of them may have been written.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;
    /// Makes all that was written safe.
    fn sync(&self) -> io::Result<()>;
    /// Cuts the file to this length.
    fn truncate(&self, length: u64) -> io::Result<()>;
}

/// Something that is locked until it is dropped.
pub trait Lock: Send + Sync + Debug {}

/// The file system of the machine.
#[derive(Debug)]
pub(super) struct FileSystem;

impl Storage for FileSystem {
    fn create_dir(&self, path: &Path) -> io::Result<bool> {
        match std::fs::create_dir(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            // A name that is not Unicode is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn append_to(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Arc::new(file))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn read_at(&self, path: &Path, position: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(position))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn write_again(&self, path: &Path, mut position: u64) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            file.seek(SeekFrom::Start(position))?;
            let length = Read::take(&mut file, 1024 * 1024).read_to_end(&mut bytes)?;
            if length == 0 {
                return file.sync_data();
            }
            file.seek(SeekFrom::Start(position))?;
            file.write_all(&bytes)?;
            position += length as u64;
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir_all(path)
    }

    #[cfg(unix)]
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // What is above a relative path of one name.
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        File::open(dir)?.sync_all()
    }

    #[cfg(not(unix))]
    fn sync_dir(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Lock for File {}

impl LogFile for File {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self;
        file.write_all(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Makes a directory, and those above it that are missing, so that they survive a crash.
pub(super) fn make_dirs(storage: &dyn Storage, path: &Path) -> Result<(), BrokerError> {
    let made = match (storage.create_dir(path), path.parent()) {
        (Err(error), Some(above)) if error.kind() == ErrorKind::NotFound && !above.as_os_str().is_empty() => {
            make_dirs(storage, above)?;
            storage.create_dir(path)
        }
        (made, _) => made,
    };
    if made.map_err(|e| failed(path, e))? {
        sync_above(storage, path)?;
    }
    Ok(())
}

/// Makes the name of a file or directory safe.
pub(super) fn sync_above(storage: &dyn Storage, path: &Path) -> Result<(), BrokerError> {
    let Some(above) = path.parent() else {
        return Ok(());
    };
    match storage.sync_dir(above) {
        // A directory that may be used and not be looked at. There is no other way to sync a name
        // in it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            tracing::debug!(path = %above.display(), %error, "could not sync a directory");
            Ok(())
        }
        synced => synced.map_err(|e| failed(above, e)),
    }
}

/// Puts the path to what the operating system says.
pub(super) fn failed(path: &Path, error: impl ToString) -> BrokerError {
    BrokerError::Storage { path: path.display().to_string(), reason: error.to_string() }
}

/// Replaces a file so that a crash at any point leaves the old one or the new one. With `sync` the
/// new one is safe on return.
pub(super) fn replace(storage: &dyn Storage, path: &Path, bytes: &[u8], sync: bool) -> Result<(), BrokerError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let write = || {
        let file = storage.append_to(&temporary)?;
        // A crash may have left one.
        file.truncate(0)?;
        file.append(bytes)?;
        if sync {
            file.sync()?;
        }
        storage.rename(&temporary, path)?;
        match path.parent() {
            Some(dir) if sync => storage.sync_dir(dir),
            _ => Ok(()),
        }
    };
    write().map_err(|e| failed(path, e))
}
