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
    /// Only these topologies, separated by commas; `all`: all of them. `random` are those that the
    /// generator of `properties` draws.
    #[arg(long, default_value = "all")]
    topology: String,
    /// What random topologies are drawn from. The default has most operators where results can be
    /// compared one by one.
    #[arg(long, default_value_t = 338)]
    suite: u64,
    /// How many random topologies are compiled; a seed says which it is of.
    #[arg(long, default_value_t = 24)]
    topologies: usize,
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
    let mut command = match options.wants_random() {
        true => random(options)?,
        false => program("simulations"),
    };
    command.args(["--seeds", &options.seeds.to_string(), "--from", &options.from.to_string(), "--topology", &options.topology]);
    if let Some(replay) = &options.replay {
        command.args(["--replay", replay]);
    }
    if options.no_shrink {
        command.arg("--no-shrink");
    }
    process::answer(&mut command)
}

impl Simulate {
    fn wants_random(&self) -> bool {
        let names = self.replay.as_deref().map_or(&*self.topology, |replay| replay.split(':').next().unwrap_or_default());
        names.split(',').any(|name| name == "random" || name == "all")
    }
}

fn program(name: &str) -> Command {
    Command::new(paths::root().join("target/simulate").join(name))
}

/// Compiles random topologies into a program that has the named ones as well.
fn random(options: &Simulate) -> Result<Command> {
    let Simulate { suite, topologies, .. } = options;
    let directory = paths::root().join("target/simulations").join(format!("{suite}-{topologies}"));
    let mut generate = program("simulations");
    generate.arg("--generate").arg(&directory).args(["--suite", &suite.to_string(), "--topologies", &topologies.to_string()]);
    process::check(&mut generate)?;
    let mut cargo = process::cargo();
    // The workspace's own target directory: what the topologies depend on is compiled there already.
    cargo.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::root().join("target"));
    cargo.args(["build", "--quiet", "--profile", "simulate", "--manifest-path"]).arg(directory.join("Cargo.toml"));
    process::check(&mut cargo)?;
    Ok(program(&format!("simulated-topologies-{suite}-{topologies}")))
}
