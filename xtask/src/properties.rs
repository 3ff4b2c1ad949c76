//! `cargo xtask properties`: random topologies on random inputs, against a simple model.

use std::process::ExitCode;

use crate::failure::Result;
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Properties {
    /// What the topologies and the inputs are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many topologies.
    #[arg(long, default_value_t = 64)]
    topologies: usize,
    /// How many pairs of topology and input.
    #[arg(long, default_value_t = 10_000)]
    pairs: usize,
    /// Only the topology of this number.
    #[arg(long)]
    only: Option<usize>,
    /// Only the input of this seed, on that topology.
    #[arg(long, requires = "only")]
    input_seed: Option<u64>,
    /// A mistake in the model (`last-time`, `take-late`), to see that it is found.
    #[arg(long, hide = true)]
    mistake: Option<String>,
}

pub(crate) fn run(options: &Properties) -> Result<ExitCode> {
    let Properties { seed, topologies, pairs, .. } = options;
    let directory = paths::target().join("properties").join(seed.to_string());
    let mut generate = process::cargo();
    generate.current_dir(paths::root()).args(["run", "--quiet", "--package", "properties", "--bin", "generate", "--"]);
    process::check(generate.arg(&directory).args([seed.to_string(), topologies.to_string()]))?;

    println!("seed {seed}: {topologies} topologies in {}", directory.display());
    let mut cargo = process::cargo();
    // The workspace's own target directory: what the topologies depend on is compiled there already.
    cargo.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target()).args(["run", "--quiet", "--manifest-path"]);
    cargo.arg(directory.join("Cargo.toml")).args(["--", "--pairs", &pairs.to_string()]);
    for (name, number) in [("--only", options.only.map(|index| index as u64)), ("--input-seed", options.input_seed)] {
        if let Some(number) = number {
            cargo.args([name, &number.to_string()]);
        }
    }
    if let Some(mistake) = &options.mistake {
        cargo.args(["--mistake", mistake]);
    }
    process::answer(&mut cargo)
}
