//! A file system in memory in which any operation can fail, and which forgets in a crash what was not synced.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::broker::embedded::storage::{Lock, LogFile, Storage};

#[derive(Debug, Default)]
struct Inode {
    data: Vec<u8>,
    synced: Vec<u8>,
}

#[derive(Clone, Debug)]
enum NameChange {
    Add(PathBuf, usize),
    Remove(PathBuf),
}

impl NameChange {
    fn dir(&self) -> Option<&Path> {
        let (NameChange::Add(path, _) | NameChange::Remove(path)) = self;
        path.parent()
    }

    fn apply(self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            NameChange::Add(path, inode) => drop(names.insert(path, inode)),
            NameChange::Remove(path) => drop(names.remove(&path)),
        }
    }
}

#[derive(Debug, Default)]
struct Disk {
    inodes: Vec<Inode>,
    /// As a running program sees it.
    names: BTreeMap<PathBuf, usize>,
    /// As a crash leaves it, if none of `pending` gets through.
    safe_names: BTreeMap<PathBuf, usize>,
    /// Changes of names that are not safe yet, in order. A rename is one entry.
    pending: Vec<Vec<NameChange>>,
    dirs: Vec<PathBuf>,
    operations: u64,
    fail_at: Option<u64>,
    /// Whether everything after the failed operation fails as well.
    fail_all_after: bool,
    locked: bool,
    rng: u64,
}

#[derive(Clone, Debug, Default)]
pub(in super::super) struct FaultyStorage(Arc<Mutex<Disk>>);

#[derive(Debug)]
struct FaultyFile {
    disk: Arc<Mutex<Disk>>,
    inode: usize,
}

#[derive(Debug)]
struct FaultyLock(Arc<Mutex<Disk>>);

impl Lock for FaultyLock {}

impl Drop for FaultyLock {
    fn drop(&mut self) {
        self.0.lock().unwrap().locked = false;
    }
}

fn missing() -> io::Error {
    io::Error::from(ErrorKind::NotFound)
}

impl Disk {
    /// Counts an operation that changes something; an error if it is the one that shall fail.
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.fail_at {
            Some(n) if self.operations == n || (self.fail_all_after && self.operations > n) => Err(io::Error::from(ErrorKind::StorageFull)),
            _ => Ok(()),
        }
    }

    fn random(&mut self, below: usize) -> usize {
        self.rng = self.rng.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.rng >> 33) as usize % below.max(1)
    }
}

impl FaultyStorage {
    /// Lets the operation fail that is `after` operations away (1: the next), and all after it if `for_good`.
    pub(super) fn fail_after(&self, after: u64, for_good: bool) {
        let mut disk = self.0.lock().unwrap();
        disk.fail_at = Some(disk.operations + after);
        disk.fail_all_after = for_good;
    }

    pub(super) fn heal(&self) {
        self.0.lock().unwrap().fail_at = None;
    }

    pub(super) fn operations(&self) -> u64 {
        self.0.lock().unwrap().operations
    }

    /// The process that had the storage was killed: its lock is gone, what it wrote is there, synced or not.
    pub(super) fn process_killed(&self) {
        self.0.lock().unwrap().locked = false;
    }

    /// The machine goes down and comes up: of what was not synced, a part that depends on the seed survives.
    pub(super) fn crash(&self, seed: u64) {
        let mut disk = self.0.lock().unwrap();
        disk.rng = seed;
        disk.fail_at = None;
        disk.locked = false;
        let pending = std::mem::take(&mut disk.pending);
        let survive = disk.random(pending.len() + 1);
        let mut names = disk.safe_names.clone();
        for change in pending.into_iter().take(survive).flatten() {
            change.apply(&mut names);
        }
        for i in 0..disk.inodes.len() {
            let Inode { data, synced } = std::mem::take(&mut disk.inodes[i]);
            let survived = if data.starts_with(&synced) {
                let keep = synced.len() + disk.random(data.len() - synced.len() + 1);
                data[..keep].to_vec()
            } else if disk.random(2) == 0 {
                synced
            } else {
                data
            };
            disk.inodes[i] = Inode { synced: survived.clone(), data: survived };
        }
        disk.safe_names = names.clone();
        disk.names = names;
    }

    pub(super) fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let disk = self.0.lock().unwrap();
        Some(disk.inodes[*disk.names.get(path)?].data.clone())
    }

    pub(super) fn set_bytes(&self, path: &Path, bytes: Vec<u8>) {
        let mut disk = self.0.lock().unwrap();
        let inode = disk.names[path];
        disk.inodes[inode] = Inode { synced: bytes.clone(), data: bytes };
    }

    /// All files below a directory, sorted.
    pub(super) fn files(&self, below: &str) -> Vec<PathBuf> {
        let disk = self.0.lock().unwrap();
        disk.names.keys().filter(|p| p.starts_with(below)).cloned().collect()
    }
}

impl Storage for FaultyStorage {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.step()?;
        disk.dirs.extend(path.ancestors().map(Path::to_owned));
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let disk = self.0.lock().unwrap();
        let files = disk.names.keys();
        let mut names: Vec<String> =
            files.chain(&disk.dirs).filter(|p| p.parent() == Some(dir)).filter_map(|p| Some(p.file_name()?.to_str()?.to_owned())).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn append_to(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let mut disk = self.0.lock().unwrap();
        disk.step()?;
        let inode = match disk.names.get(path) {
            Some(inode) => *inode,
            None => {
                disk.inodes.push(Inode::default());
                let inode = disk.inodes.len() - 1;
                disk.names.insert(path.to_owned(), inode);
                disk.pending.push(vec![NameChange::Add(path.to_owned(), inode)]);
                inode
            }
        };
        Ok(Arc::new(FaultyFile { disk: self.0.clone(), inode }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.bytes(path).ok_or_else(missing)
    }

    fn read_at(&self, path: &Path, position: u64, length: usize) -> io::Result<Vec<u8>> {
        let bytes = self.bytes(path).ok_or_else(missing)?;
        let position = position as usize;
        let part = bytes.get(position..position + length);
        part.map(<[u8]>::to_vec).ok_or_else(|| io::Error::from(ErrorKind::UnexpectedEof))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.step()?;
        let inode = disk.names.remove(from).ok_or_else(missing)?;
        disk.names.insert(to.to_owned(), inode);
        disk.pending.push(vec![NameChange::Remove(from.to_owned()), NameChange::Add(to.to_owned(), inode)]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.step()?;
        disk.names.remove(path).ok_or_else(missing)?;
        disk.pending.push(vec![NameChange::Remove(path.to_owned())]);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.step()?;
        let pending = std::mem::take(&mut disk.pending);
        for changes in pending {
            if changes.iter().all(|c| c.dir() == Some(dir)) {
                for change in changes {
                    change.apply(&mut disk.safe_names);
                }
            } else {
                disk.pending.push(changes);
            }
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        let mut disk = self.0.lock().unwrap();
        let _ = path;
        if disk.locked {
            return Ok(None);
        }
        disk.locked = true;
        Ok(Some(Box::new(FaultyLock(self.0.clone()))))
    }
}

impl LogFile for FaultyFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk.lock().unwrap();
        let result = disk.step();
        let written = match &result {
            Ok(()) => bytes.len(),
            Err(_) => disk.random(bytes.len()),
        };
        disk.inodes[self.inode].data.extend_from_slice(&bytes[..written]);
        result
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.disk.lock().unwrap();
        disk.step()?;
        let inode = &mut disk.inodes[self.inode];
        inode.synced = inode.data.clone();
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut disk = self.disk.lock().unwrap();
        disk.step()?;
        disk.inodes[self.inode].data.truncate(length as usize);
        Ok(())
    }
}
