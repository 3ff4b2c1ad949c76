//! The crate of the topologies of a seed, as files.

use std::fs;
use std::io;
use std::path::Path;

use crate::generate;
use crate::run::Suite;
use crate::topology::Topology;

/// What the files of the crate say.
#[derive(Debug)]
pub struct Texts<'t> {
    /// The module of a topology.
    pub module: fn(&Topology) -> String,
    /// `main.rs`
    pub program: &'t str,
    /// `Cargo.toml`
    pub manifest: &'t str,
}

/// Writes the topologies of a seed, so many of them, into a directory. `root` is the workspace,
/// whose versions the crate takes.
///
/// # Errors
/// When a file cannot be written.
pub fn write(directory: &Path, root: &Path, (seed, count): (u64, usize), texts: &Texts<'_>) -> io::Result<()> {
    let topologies: Vec<_> = (0..count).map(|index| generate::topology(seed, index)).collect();
    fs::create_dir_all(directory.join("src"))?;
    for (index, topology) in topologies.iter().enumerate() {
        put(&directory.join(format!("src/t{index}.rs")), &(texts.module)(topology))?;
    }
    put(&directory.join("src/main.rs"), texts.program)?;
    put(&directory.join("Cargo.toml"), texts.manifest)?;
    put(&directory.join("topologies.json"), &serde_json::to_string_pretty(&Suite { seed, topologies })?)?;
    // The same versions as in the workspace; cargo adds the crate itself.
    put(&directory.join("Cargo.lock"), &fs::read_to_string(root.join("Cargo.lock"))?)
}

/// A file that is as it should be stays untouched, so that nothing is compiled again.
fn put(file: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(file).is_ok_and(|there| there == text) { Ok(()) } else { fs::write(file, text) }
}
