//! The project's chores, run as `cargo xtask <command>`.
//!
//! One file per command. Nothing here depends on the other crates of the workspace, so that a chore
//! still runs when they do not compile.

mod bench;
mod conformance;
mod e2e;
mod editor;
mod expand;
mod failure;
mod kafka;
mod metadata;
mod mutate;
mod paths;
mod process;
mod properties;
mod simulate;

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
    /// Run the tests that need Apache Kafka, on a broker of their own.
    E2e(e2e::E2e),
    /// Whether what editors see of a topology is the language.
    Editor(editor::Editor),
    /// Print what the macro makes of an example.
    Expand(expand::Expand),
    /// Compare with recorded runs of Kafka Streams, and record them.
    Conformance(conformance::Conformance),
    /// Random topologies on random inputs, against a simple model.
    Properties(properties::Properties),
    /// Applications in simulations: a seed decides what goes wrong.
    Simulate(simulate::Simulate),
    /// Whether simulations find it when a step of safety is taken out of the source.
    Mutate(mutate::Mutate),
    /// Measure: side by side with Kafka Streams, or (`bench compile`) what the macro costs at compile time.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Kafka(command) => kafka::run(command),
        Command::E2e(options) => e2e::run(&options),
        Command::Editor(options) => editor::run(&options),
        Command::Expand(options) => expand::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::Properties(options) => properties::run(&options),
        Command::Simulate(options) => simulate::run(&options),
        Command::Mutate(options) => mutate::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
