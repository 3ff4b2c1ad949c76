//! The names of the simulated disk: a tree of directories, as programs see it and as it is on the
//! medium.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::file::{Choose, File};

#[derive(Debug, Default)]
struct Dir {
    entries: BTreeMap<String, usize>,
    /// As a crash leaves it, if no unsynced change gets through.
    safe: BTreeMap<String, usize>,
}

#[derive(Debug)]
enum Node {
    File(File),
    Dir(Dir),
}

/// A name that was given, or taken away.
#[derive(Clone, Debug)]
struct Change {
    dir: usize,
    name: String,
    node: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Tree {
    /// The first one is the root.
    nodes: Vec<Node>,
    /// Changes of names that are not safe yet, in order. A rename is one entry.
    pending: Vec<Vec<Change>>,
}

pub(super) fn missing() -> io::Error {
    io::Error::from(ErrorKind::NotFound)
}

impl Tree {
    pub(super) fn new() -> Self {
        Tree { nodes: vec![Node::Dir(Dir::default())], pending: Vec::new() }
    }

    fn dir(&mut self, node: usize) -> io::Result<&mut Dir> {
        match &mut self.nodes[node] {
            Node::Dir(dir) => Ok(dir),
            Node::File(_) => Err(io::Error::from(ErrorKind::NotADirectory)),
        }
    }

    pub(super) fn file(&mut self, node: usize) -> io::Result<&mut File> {
        match &mut self.nodes[node] {
            Node::File(file) => Ok(file),
            Node::Dir(_) => Err(io::Error::from(ErrorKind::IsADirectory)),
        }
    }

    pub(super) fn find(&mut self, path: &Path) -> io::Result<usize> {
        let mut node = 0;
        for component in path.components() {
            if let Component::Normal(name) = component {
                node = *self.dir(node)?.entries.get(&*name.to_string_lossy()).ok_or_else(missing)?;
            }
        }
        Ok(node)
    }

    fn place(&mut self, path: &Path) -> io::Result<(usize, String)> {
        let name = path.file_name().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
        let dir = self.find(path.parent().unwrap_or(Path::new("")))?;
        self.dir(dir)?;
        Ok((dir, name.to_string_lossy().into_owned()))
    }

    fn change(&mut self, changes: Vec<Change>) -> io::Result<()> {
        for Change { dir, name, node } in changes.iter().cloned() {
            let entries = &mut self.dir(dir)?.entries;
            match node {
                Some(node) => entries.insert(name, node),
                None => entries.remove(&name),
            };
        }
        self.pending.push(changes);
        Ok(())
    }

    fn add(&mut self, path: &Path, node: Node) -> io::Result<usize> {
        let (dir, name) = self.place(path)?;
        self.nodes.push(node);
        let node = self.nodes.len() - 1;
        self.change(vec![Change { dir, name, node: Some(node) }])?;
        Ok(node)
    }

    pub(super) fn create_dir(&mut self, path: &Path) -> io::Result<bool> {
        match self.find(path) {
            Ok(node) => self.dir(node).map(|_| false),
            Err(error) if error.kind() == ErrorKind::NotFound => self.add(path, Node::Dir(Dir::default())).map(|_| true),
            Err(error) => Err(error),
        }
    }

    pub(super) fn open(&mut self, path: &Path) -> io::Result<usize> {
        match self.find(path) {
            Ok(node) => self.file(node).map(|_| node),
            Err(error) if error.kind() == ErrorKind::NotFound => self.add(path, Node::File(File::default())),
            Err(error) => Err(error),
        }
    }

    pub(super) fn list(&mut self, path: &Path) -> io::Result<Vec<String>> {
        let node = self.find(path)?;
        Ok(self.dir(node)?.entries.keys().cloned().collect())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.find(from)?;
        let ((from_dir, from_name), (to_dir, to_name)) = (self.place(from)?, self.place(to)?);
        let is_dir = matches!(self.nodes[node], Node::Dir(_));
        if is_dir && self.list(to).is_ok_and(|entries| !entries.is_empty()) {
            return Err(io::Error::from(ErrorKind::DirectoryNotEmpty));
        }
        self.change(vec![Change { dir: from_dir, name: from_name, node: None }, Change { dir: to_dir, name: to_name, node: Some(node) }])
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.find(path)?;
        let (dir, name) = self.place(path)?;
        self.change(vec![Change { dir, name, node: None }])
    }

    /// Takes a name away as if it had never been given.
    pub(super) fn lose(&mut self, path: &Path) -> io::Result<()> {
        let (dir, name) = self.place(path)?;
        let dir = self.dir(dir)?;
        dir.safe.remove(&name);
        dir.entries.remove(&name).map(drop).ok_or_else(missing)
    }

    pub(super) fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        let node = self.find(path)?;
        self.dir(node)?;
        for changes in std::mem::take(&mut self.pending) {
            if changes.iter().all(|c| c.dir == node) {
                self.make_safe(changes)?;
            } else {
                self.pending.push(changes);
            }
        }
        Ok(())
    }

    fn make_safe(&mut self, changes: Vec<Change>) -> io::Result<()> {
        for Change { dir, name, node } in changes {
            let safe = &mut self.dir(dir)?.safe;
            match node {
                Some(node) => safe.insert(name, node),
                None => safe.remove(&name),
            };
        }
        Ok(())
    }

    /// Loses what is not on the medium. Of the changes of names the first few get through: file
    /// systems keep their order.
    pub(super) fn crash(&mut self, choose: Choose<'_>) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let survive = choose(pending.len() + 1);
        for changes in pending.into_iter().take(survive) {
            self.make_safe(changes)?;
        }
        for node in &mut self.nodes {
            match node {
                Node::File(file) => file.crash(choose),
                Node::Dir(dir) => dir.entries = dir.safe.clone(),
            }
        }
        Ok(())
    }

    /// All files from a directory on, sorted.
    pub(super) fn files(&mut self, below: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for name in self.list(below).unwrap_or_default() {
            let path = below.join(name);
            match self.find(&path).map(|node| &self.nodes[node]) {
                Ok(Node::Dir(_)) => files.append(&mut self.files(&path)),
                Ok(Node::File(_)) => files.push(path),
                Err(_) => {}
            }
        }
        files
    }
}
