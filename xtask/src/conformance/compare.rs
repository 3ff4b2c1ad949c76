//! `cargo xtask conformance [DIR]`: replays recorded runs of Kafka Streams and compares.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Compare {
    /// A directory of recorded runs. Default: $CONFORMANCE_VECTORS, or tests/conformance/vectors.
    dir: Option<PathBuf>,
    /// By whole applications on the embedded log, not through the test driver.
    #[arg(long, group = "way")]
    embedded: bool,
    /// With caches in front of the stores, whose last rows are compared.
    #[arg(long, group = "way")]
    cached: bool,
    /// With restarts between records.
    #[arg(long, group = "way")]
    restarted: bool,
    /// Further arguments of the comparing program.
    #[arg(last = true)]
    args: Vec<String>,
}

/// `$CONFORMANCE_VECTORS`, or those of the repository.
pub(super) fn vectors(dir: Option<&Path>) -> Result<PathBuf> {
    let set = env::var_os("CONFORMANCE_VECTORS").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    match dir.map(Path::to_owned).or(set) {
        Some(dir) => dir.canonicalize().context(|| format!("cannot read {}", dir.display())),
        None => Ok(paths::root().join("tests/conformance/vectors")),
    }
}

pub(super) fn run(options: &Compare) -> Result<ExitCode> {
    let dir = vectors(options.dir.as_deref())?;
    // An empty directory would agree with anything.
    let mut entries = dir.read_dir().context(|| format!("cannot read {}", dir.display()))?;
    if entries.next().is_none() {
        return Err(Failure::new(format!("{} is empty: there is nothing to compare", dir.display())));
    }
    let mut command = process::cargo();
    command
        .current_dir(paths::root())
        .args(["run", "--quiet", "--release", "--package", "tests", "--bin", "conformance", "--"])
        .args(options.embedded.then_some("--embedded"))
        .args(options.cached.then_some("--cached"))
        .args(options.restarted.then_some("--restarted"))
        .arg(&dir)
        .args(&options.args);
    process::answer(&mut command)
}
