//! `cargo xtask bench`: figures, never estimates.
//!
//! | File | Role |
//! |---|---|
//! | `sides` | runs Kafka Streams, the engine and the hand-written loop in turn on one broker |
//! | `kit` | the scripts in benches/kafka-streams: their broker, one run of one side |
//! | `lines` | the JSON lines of the kit, grouped; medians, ranges, ratios |
//! | `table` | the printed result |
//! | `compile` | `bench compile`: the compile-time budget |

mod compile;
mod kit;
mod lines;
mod sides;
mod table;

use std::process::ExitCode;

use crate::failure::Result;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Bench {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    sides: sides::Sides,
}

#[derive(clap::Subcommand)]
enum Other {
    /// Measure expansion and type checking of a 50-operator topology; fail when over budget.
    Compile(compile::Compile),
}

pub(crate) fn run(options: &Bench) -> Result<ExitCode> {
    match &options.other {
        Some(Other::Compile(options)) => compile::run(options),
        None => sides::run(&options.sides),
    }
}
