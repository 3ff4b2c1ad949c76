//! `cargo xtask conformance`: recorded runs of Kafka Streams.
//!
//! | File | Role |
//! |---|---|
//! | `compare` | replays them by this library and compares |
//! | `recorder` | the Java program in tests/conformance/recorder, which makes them |
//! | `seeds` | a range of seeds, as one types it |

mod compare;
mod recorder;
mod seeds;

use std::process::ExitCode;

use crate::failure::Result;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Conformance {
    #[command(subcommand)]
    recorder: Option<recorder::Command>,
    #[command(flatten)]
    compare: compare::Compare,
}

pub(crate) fn run(options: &Conformance) -> Result<ExitCode> {
    match &options.recorder {
        Some(command) => recorder::run(command),
        None => compare::run(&options.compare),
    }
}
