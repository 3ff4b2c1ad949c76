//! `cargo xtask conformance`: replays recorded runs of Kafka Streams and compares.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Conformance {
    /// A directory of recorded runs. Default: $CONFORMANCE_VECTORS, or tests/conformance/vectors.
    dir: Option<PathBuf>,
    /// By whole applications on the embedded log, not through the test driver.
    #[arg(long)]
    embedded: bool,
    /// Further arguments of the comparing program.
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(options: &Conformance) -> Result<ExitCode> {
    let set = env::var_os("CONFORMANCE_VECTORS").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let dir = match options.dir.clone().or(set) {
        Some(dir) => dir.canonicalize().context(|| format!("cannot read {}", dir.display()))?,
        None => paths::root().join("tests/conformance/vectors"),
    };
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
        .arg(&dir)
        .args(&options.args);
    let status = process::status(&mut command)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
