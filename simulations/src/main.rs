//! `simulations [--seeds N] [--from S] [--topology NAME|all] [--threads N] [--replay
//! NAME:SEED/CUTS] [--no-shrink] [--first]`: runs applications in simulations, and prints what does
//! not hold.

mod ids;
mod named;
#[cfg(test)]
mod tests;
mod topologies;

use std::process::ExitCode;
use std::time::Instant;

use named::{ALL, Named};
use streams_test::simulate::Cuts;

struct Options {
    from: u64,
    seeds: u64,
    topologies: Vec<Named>,
    threads: usize,
    replay: Option<(Named, u64, Cuts)>,
    shrinks: bool,
    first: bool,
}

fn main() -> ExitCode {
    match arguments() {
        Ok(Options { replay: Some((named, seed, cuts)), .. }) => replay(&named, seed, &cuts),
        Ok(options) if options.first => first(&options),
        Ok(options) => search(&options),
        Err(problem) => {
            eprintln!(
                "{problem}; simulations [--seeds N] [--from S] [--topology NAME|all] [--threads N] [--replay NAME:SEED/CUTS] [--no-shrink] [--first]"
            );
            ExitCode::FAILURE
        }
    }
}

fn named(name: &str) -> Result<Named, String> {
    let names = || ALL.iter().map(|named| named.name).collect::<Vec<_>>().join(", ");
    ALL.iter().copied().find(|named| named.name == name).ok_or_else(|| format!("there is no topology `{name}`, but {}", names()))
}

fn arguments() -> Result<Options, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options { from: 1, seeds: 100, topologies: ALL.to_vec(), threads, replay: None, shrinks: true, first: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--no-shrink" => {
                options.shrinks = false;
                continue;
            }
            "--first" => {
                options.first = true;
                continue;
            }
            _ => {}
        }
        let value = arguments.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is no number"));
        match name.as_str() {
            "--seeds" => options.seeds = number()?,
            "--from" => options.from = number()?,
            "--threads" => options.threads = number()?.max(1) as usize,
            "--topology" if value == "all" => {}
            "--topology" => options.topologies = value.split(',').map(named).collect::<Result<_, _>>()?,
            "--replay" => {
                let (topology, run) = value.split_once(':').ok_or_else(|| format!("`{value}` is not NAME:SEED/CUTS"))?;
                let (seed, cuts) = run.split_once('/').unwrap_or((run, ""));
                let seed = seed.parse().map_err(|_| format!("`{seed}` is no seed"))?;
                options.replay = Some((named(topology)?, seed, cuts.parse()?));
            }
            _ => return Err(format!("`{name}` is not known")),
        }
    }
    Ok(options)
}

fn replay(named: &Named, seed: u64, cuts: &Cuts) -> ExitCode {
    let (findings, trace, hash) = (named.replay)(seed, cuts);
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
            let (_, failed) = (named.search)(from..end.min(from.saturating_add(PIECE)), options.threads);
            if let Some(seed) = failed.first() {
                let (findings, ..) = (named.replay)(*seed, &Cuts::default());
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
        let (report, seeds) = (named.search)(options.from..options.from.saturating_add(share), options.threads);
        passed += report.seeds - report.failed;
        failed += report.failed;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{}: {} seeds, {} failed, {} steps, {seconds:.1} s", named.name, report.seeds, report.failed, report.steps);
        if seeds.len() > 1 {
            println!("    failed: {seeds:?}");
        }
        for seed in seeds.iter().take(3) {
            if options.shrinks {
                let failure = (named.shrink)(*seed);
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
