//! The simulations of the project: applications on one thread, in a time of their own, while a seed
//! decides what goes wrong. `cargo xtask simulate` runs them.
//!
//! Topologies with names (`named`) are made for what they check. Random ones (`random`) are
//! drawn and compiled into a crate of their own, whose program calls [`main`] with them.

mod arguments;
mod ids;
mod named;
pub mod random;
#[cfg(test)]
mod tests;
mod topologies;

use std::process::ExitCode;
use std::time::Instant;

use arguments::{Asked, Options};
use named::Named;
use streams_test::simulate::Cuts;

/// Does what the arguments of the program say, with the named topologies and these random ones.
pub fn main(random: Option<random::Topologies>) -> ExitCode {
    match arguments::read(random) {
        Ok(Asked::Replay(named, seed, cuts)) => replay(&named, seed, &cuts),
        Ok(Asked::First(options)) => first(&options),
        Ok(Asked::Search(options)) => search(&options),
        Ok(Asked::Generate { directory, suite, topologies }) => match random::write(&directory, suite, topologies) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{}: {error}", directory.display());
                ExitCode::FAILURE
            }
        },
        Err(problem) => {
            eprintln!("{problem}; {}", arguments::USAGE);
            ExitCode::FAILURE
        }
    }
}

fn replay(named: &Named, seed: u64, cuts: &Cuts) -> ExitCode {
    let (findings, trace, hash) = named.runs.replay(seed, cuts);
    println!("{}", named.runs.about(seed));
    trace.iter().for_each(|line| println!("{line}"));
    println!("hash {hash:016x}");
    findings.iter().for_each(|finding| println!("{finding}"));
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first seed that fails, of each topology all seeds.
fn first(options: &Options) -> ExitCode {
    const PIECE: u64 = 32;
    for named in &options.topologies {
        let end = options.from.saturating_add(options.seeds);
        for from in (options.from..end).step_by(PIECE as usize) {
            let (_, failed) = named.runs.search(from..end.min(from.saturating_add(PIECE)), options.threads);
            if let Some(seed) = failed.first() {
                let (findings, ..) = named.runs.replay(*seed, &Cuts::default());
                println!("first: {}:{seed}", named.name);
                findings.iter().take(3).for_each(|finding| println!("    {finding}"));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// The seeds are shared out evenly over the topologies.
fn search(options: &Options) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    let count = options.topologies.len() as u64;
    for (place, named) in options.topologies.iter().enumerate() {
        let begun = Instant::now();
        let share = options.seeds / count + u64::from((place as u64) < options.seeds % count);
        let (report, seeds) = named.runs.search(options.from..options.from.saturating_add(share), options.threads);
        passed += report.seeds - report.failed;
        failed += report.failed;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{}: {} seeds, {} failed, {} steps, {seconds:.1} s", named.name, report.seeds, report.failed, report.steps);
        if let Some(told) = named.runs.told() {
            println!("    {told}");
        }
        if seeds.len() > 1 {
            println!("    failed: {seeds:?}");
        }
        for seed in seeds.iter().take(3) {
            if options.shrinks {
                let failure = named.runs.shrink(*seed);
                println!("seed {seed}: cargo xtask simulate --replay '{}:{}'", named.name, failure.replay);
                failure.findings.iter().for_each(|finding| println!("    {finding}"));
            } else {
                println!("seed {seed}: cargo xtask simulate --replay '{}:{seed}'", named.name);
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
