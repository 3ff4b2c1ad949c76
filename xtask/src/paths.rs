//! Where things are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Failure, Result};

/// The root of the workspace. Fixed when xtask is compiled, so that its binary works from any directory.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Writes a whole file.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).context(|| format!("cannot write {}", file.display()))
}

/// A folder for downloads that outlive the checkout: `$XDG_CACHE_HOME/streams-kafka`, or below `~/.cache`.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("streams-kafka"))
        .ok_or_else(|| Failure::new("neither XDG_CACHE_HOME nor HOME is set: no place for Kafka's jars"))
}
