//! `cargo xtask chaos`: whole applications on a broker that misbehaves by a seed, and what has to
//! hold in the end.

use std::process::ExitCode;

use crate::failure::Result;
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Chaos {
    /// How many seeds.
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this topology: `sets`, `moved`, `closed` or `poisoned`. Default: the seed decides.
    #[arg(long)]
    topology: Option<String>,
}

pub(crate) fn run(options: &Chaos) -> Result<ExitCode> {
    let mut command = process::cargo();
    command.current_dir(paths::root()).args(["run", "--quiet", "--package", "tests", "--bin", "chaos", "--"]);
    command.args(["--seeds", &options.seeds.to_string(), "--from", &options.from.to_string()]);
    if let Some(topology) = &options.topology {
        command.args(["--topology", topology]);
    }
    process::answer(&mut command)
}
