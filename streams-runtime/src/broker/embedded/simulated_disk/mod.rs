//! A file system in memory in which any operation can fail, and which forgets in a crash what was
//! not synced.
//!
//! It is as unkind as POSIX lets a file system be. Unsynced sectors get through a crash or do not,
//! in any order. Names that were given, changed or taken away are safe when their directory is
//! synced, and a directory is there only if its own name is. A sync that fails drops what it could
//! not write: programs go on seeing it, the next sync says nothing of it, and each open file is
//! told of the failure once, as Linux does.

mod file;
mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use self::tree::Tree;
use super::signal::lock;
use super::storage::{Lock, LogFile, Storage};

/// Gives the next random number.
pub type Random = Box<dyn FnMut() -> u64 + Send>;

/// A disk. A clone is another handle on the same one.
#[derive(Clone)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

struct State {
    tree: Tree,
    random: Random,
    /// Operations that change something, so far.
    operations: u64,
    /// Those of them that wait for the medium.
    syncs: u64,
    fail_at: Option<u64>,
    /// Whether everything after the failed operation fails as well.
    fails_all_after: bool,
    /// So many bytes can still be written.
    room_bytes: Option<u64>,
    syncs_lie: bool,
    next_process: u64,
    /// Processes that live.
    processes: Vec<u64>,
    /// Locked files, and by whom.
    locks: BTreeMap<PathBuf, u64>,
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimulatedDisk")
    }
}

impl State {
    /// Counts an operation that changes something; an error if it is the one that shall fail.
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.fail_at {
            Some(n) if self.operations == n || (self.fails_all_after && self.operations > n) => {
                Err(io::Error::from(ErrorKind::StorageFull))
            }
            _ => Ok(()),
        }
    }

    fn choose(&mut self, below: usize) -> usize {
        ((self.random)() % below.max(1) as u64) as usize
    }

    fn sync(&mut self, node: usize, told: &mut u64) -> io::Result<()> {
        let step = self.step();
        self.syncs += 1;
        if self.syncs_lie {
            return Ok(());
        }
        let file = self.tree.file(node)?;
        match step {
            Ok(()) => file.write_back(),
            Err(_) => file.fail_to_write_back(),
        }
        if *told < file.write_errors {
            *told = file.write_errors;
            file.is_told = true;
            return Err(io::Error::other("the system could not write the data (EIO)"));
        }
        Ok(())
    }

    /// How many failures count as told to whoever opens a file now.
    fn told_at_opening(&mut self, node: usize) -> io::Result<u64> {
        let file = self.tree.file(node)?;
        Ok(if file.is_told { file.write_errors } else { file.write_errors.saturating_sub(1) })
    }
}

impl SimulatedDisk {
    /// An empty disk; what chance decides is decided by `random`.
    pub fn new(random: impl FnMut() -> u64 + Send + 'static) -> Self {
        SimulatedDisk(Arc::new(Mutex::new(State {
            tree: Tree::new(),
            random: Box::new(random),
            operations: 0,
            syncs: 0,
            fail_at: None,
            fails_all_after: false,
            room_bytes: None,
            syncs_lie: false,
            next_process: 0,
            processes: Vec::new(),
            locks: BTreeMap::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// The disk as a process sees it from its start to its end.
    pub fn process(&self) -> Arc<Process> {
        let mut state = self.state();
        let id = state.next_process;
        state.next_process += 1;
        state.processes.push(id);
        Arc::new(Process { disk: self.clone(), id })
    }

    /// What chance decides is decided by `random` from now on.
    pub fn set_random(&self, random: impl FnMut() -> u64 + Send + 'static) {
        self.state().random = Box::new(random);
    }

    /// Lets the operation fail that is `after` operations away (1: the next), and all after it if
    /// `for_good`.
    pub fn fail_after(&self, after: u64, for_good: bool) {
        let mut state = self.state();
        state.fail_at = Some(state.operations + after);
        state.fails_all_after = for_good;
    }

    /// No operation fails any more, there is room, and syncs tell the truth.
    pub fn heal(&self) {
        let mut state = self.state();
        state.fail_at = None;
        state.room_bytes = None;
        state.syncs_lie = false;
    }

    /// The disk is full after so many bytes.
    pub fn set_room(&self, bytes: u64) {
        self.state().room_bytes = Some(bytes);
    }

    /// Whether syncs do nothing and say that they have.
    pub fn let_syncs_lie(&self, lie: bool) {
        self.state().syncs_lie = lie;
    }

    /// How many operations there were that change something.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// How many of the operations waited for the medium: syncs of files and directories.
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// The machine goes down and comes up: all processes end, and of what was not synced a part
    /// survives that chance decides.
    ///
    /// # Errors
    /// None, unless the disk itself is wrong.
    pub fn crash(&self) -> io::Result<()> {
        let mut state = self.state();
        state.fail_at = None;
        state.syncs_lie = false;
        state.processes.clear();
        state.locks.clear();
        let State { tree, random, .. } = &mut *state;
        tree.crash(&mut |below| (random() % below.max(1) as u64) as usize)
    }

    /// The bytes of a file, as programs see them.
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let tree = &mut self.state().tree;
        let node = tree.find(path).ok()?;
        Some(tree.file(node).ok()?.data.clone())
    }

    /// Damages a file: it has these bytes, as if they had been synced.
    ///
    /// # Errors
    /// There is no such file.
    pub fn set_bytes(&self, path: &Path, bytes: Vec<u8>) -> io::Result<()> {
        let tree = &mut self.state().tree;
        let node = tree.find(path)?;
        tree.file(node)?.set(bytes);
        Ok(())
    }

    /// Loses a file or a directory, for good.
    ///
    /// # Errors
    /// There is no such file.
    pub fn lose(&self, path: &Path) -> io::Result<()> {
        self.state().tree.lose(path)
    }

    /// All files below a directory, sorted.
    pub fn files(&self, below: &Path) -> Vec<PathBuf> {
        self.state().tree.files(below)
    }
}

/// The disk as one process sees it. When the process is killed every operation of it fails.
#[derive(Debug)]
pub struct Process {
    disk: SimulatedDisk,
    id: u64,
}

impl Process {
    /// Ends the process: its locks are gone, what it wrote is there, synced or not.
    pub fn kill(&self) {
        let mut state = self.disk.state();
        state.processes.retain(|p| *p != self.id);
        state.locks.retain(|_, p| *p != self.id);
    }

    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        match state.processes.contains(&self.id) {
            true => Ok(state),
            false => Err(io::Error::other("the process was killed")),
        }
    }

    /// For an operation that changes something.
    fn change(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state()?;
        state.step()?;
        Ok(state)
    }
}

#[derive(Debug)]
struct OpenFile {
    process: Process,
    node: usize,
    /// How many failures to write this open file was told of.
    told: Mutex<u64>,
}

#[derive(Debug)]
struct Locked {
    process: Process,
    path: PathBuf,
}

impl Lock for Locked {}

impl Drop for Locked {
    fn drop(&mut self) {
        if let Ok(mut state) = self.process.state() {
            state.locks.remove(&self.path);
        }
    }
}

impl Process {
    fn again(&self) -> Process {
        Process { disk: self.disk.clone(), id: self.id }
    }
}

impl Storage for Process {
    fn create_dir(&self, path: &Path) -> io::Result<bool> {
        self.change()?.tree.create_dir(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.state()?.tree.list(dir)
    }

    fn append_to(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let mut state = self.change()?;
        let node = state.tree.open(path)?;
        let told = state.told_at_opening(node)?;
        Ok(Arc::new(OpenFile { process: self.again(), node, told: Mutex::new(told) }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.state()?;
        let node = state.tree.find(path)?;
        Ok(state.tree.file(node)?.data.clone())
    }

    fn read_at(&self, path: &Path, position: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut state = self.state()?;
        let node = state.tree.find(path)?;
        let position = position as usize;
        let part = state.tree.file(node)?.data.get(position..position + length);
        part.map(<[u8]>::to_vec).ok_or_else(|| io::Error::from(ErrorKind::UnexpectedEof))
    }

    fn write_again(&self, path: &Path, position: u64) -> io::Result<()> {
        let mut state = self.state()?;
        let node = state.tree.find(path)?;
        let mut told = state.told_at_opening(node)?;
        state.tree.file(node)?.touch(position as usize);
        state.sync(node, &mut told)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change()?.tree.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?.tree.remove(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        for name in self.list(path)? {
            let below = path.join(name);
            match self.list(&below) {
                Ok(_) => self.remove_dir_all(&below)?,
                Err(_) => self.remove(&below)?,
            }
        }
        self.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.change()?;
        state.syncs += 1;
        if state.syncs_lie { Ok(()) } else { state.tree.sync_dir(dir) }
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        let mut state = self.state()?;
        state.tree.open(path)?;
        if state.locks.contains_key(path) {
            return Ok(None);
        }
        state.locks.insert(path.to_owned(), self.id);
        Ok(Some(Box::new(Locked { process: self.again(), path: path.to_owned() })))
    }
}

impl LogFile for OpenFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.process.state()?;
        let mut result = state.step();
        let mut written = match &result {
            Ok(()) => bytes.len(),
            Err(_) => state.choose(bytes.len()),
        };
        if let Some(room) = &mut state.room_bytes {
            if *room < written as u64 {
                written = *room as usize;
                result = Err(io::Error::from(ErrorKind::StorageFull));
            }
            *room -= written as u64;
        }
        state.tree.file(self.node)?.append(&bytes[..written]);
        result
    }

    fn sync(&self) -> io::Result<()> {
        self.process.state()?.sync(self.node, &mut lock(&self.told))
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut state = self.process.change()?;
        state.tree.file(self.node)?.truncate(length as usize);
        Ok(())
    }
}
