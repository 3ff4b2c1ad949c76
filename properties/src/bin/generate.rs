//! Writes the crate of the topologies of a seed: `generate DIRECTORY SEED COUNT`. `cargo xtask properties` calls it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use properties::run::Suite;
use properties::{generate, render};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, seed, count] = &arguments[..] else {
        eprintln!("generate DIRECTORY SEED COUNT");
        return ExitCode::FAILURE;
    };
    let written = match (seed.parse(), count.parse()) {
        (Ok(seed), Ok(count)) => write(Path::new(directory), seed, count).map_err(|e| e.to_string()),
        _ => Err("seed and count are numbers".to_owned()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(directory: &Path, seed: u64, count: usize) -> std::io::Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let topologies: Vec<_> = (0..count).map(|index| generate::topology(seed, index)).collect();
    fs::create_dir_all(directory.join("src"))?;
    for (index, topology) in topologies.iter().enumerate() {
        put(&directory.join(format!("src/t{index}.rs")), &render::module(topology))?;
    }
    put(&directory.join("src/main.rs"), &render::program(count))?;
    put(&directory.join("Cargo.toml"), &render::manifest(&root.to_string_lossy(), seed))?;
    put(&directory.join("topologies.json"), &serde_json::to_string_pretty(&Suite { seed, topologies })?)?;
    // The same versions as in the workspace; cargo adds the crate itself.
    put(&directory.join("Cargo.lock"), &fs::read_to_string(root.join("Cargo.lock"))?)
}

/// A file that is as it should be stays untouched, so that nothing is compiled again.
fn put(file: &Path, text: &str) -> std::io::Result<()> {
    if fs::read_to_string(file).is_ok_and(|there| there == text) { Ok(()) } else { fs::write(file, text) }
}
