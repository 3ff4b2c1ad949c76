//! The project's chores, run as `cargo xtask <command>`.
//!
//! One file per command. Nothing here depends on the other crates of the workspace, so that a chore
//! still runs when they do not compile.

mod failure;
mod kafka;
mod paths;
mod process;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A throwaway single-node Apache Kafka, and Kafka's own command-line tools.
    #[command(subcommand)]
    Kafka(kafka::Command),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Kafka(command) => kafka::run(command),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
