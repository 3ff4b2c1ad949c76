//! `cargo xtask simulate`: applications in simulations, where a seed decides what goes wrong, and
//! what has to hold.

use std::process::{Command, ExitCode};

use crate::failure::Result;
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Simulate {
    /// How many seeds, shared out evenly over the topologies.
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only these topologies, separated by commas; `all`: all of them.
    #[arg(long, default_value = "all")]
    topology: String,
    /// Do one run again and print all that happens in it: `NAME:SEED/CUTS`, as a failure names it.
    #[arg(long)]
    replay: Option<String>,
    /// Do not look for a smaller run that fails.
    #[arg(long)]
    no_shrink: bool,
}

/// The build of the simulations: optimized a little, and built in seconds after a change.
pub(crate) fn build() -> Command {
    let mut command = process::cargo();
    command.current_dir(paths::root()).args(["build", "--quiet", "--profile", "simulate", "--package", "simulations"]);
    command
}

pub(crate) fn run(options: &Simulate) -> Result<ExitCode> {
    process::check(&mut build())?;
    let mut command = Command::new(paths::root().join("target/simulate/simulations"));
    command.args(["--seeds", &options.seeds.to_string(), "--from", &options.from.to_string(), "--topology", &options.topology]);
    if let Some(replay) = &options.replay {
        command.args(["--replay", replay]);
    }
    if options.no_shrink {
        command.arg("--no-shrink");
    }
    process::answer(&mut command)
}
