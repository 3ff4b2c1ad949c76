//! The program around the topologies of a seed: its arguments, and what it prints.

use std::process::ExitCode;
use std::time::Instant;
use std::{env, panic, thread};

use super::check::one;
use super::{Entry, Failure, Mode, Outcome, Plan, Suite, run};
use crate::feature::{Feature, features};
use crate::model::Mistake;
use crate::render;
use crate::topology::Topology;

/// Runs the compiled topologies of a suite as the arguments say.
pub fn main(suite: &str, entries: &[Entry]) -> ExitCode {
    let suite: Suite = match serde_json::from_str(suite) {
        Ok(suite) => suite,
        Err(e) => return refuse(&format!("the topologies cannot be read: {e}")),
    };
    let mut plan = Plan { pairs: 10_000, only: None, input_seed: None, mistake: Mistake::None, threads: 2 };
    plan.threads = thread::available_parallelism().map_or(2, Into::into);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        let number: Result<u64, _> = value.parse();
        match (argument.as_str(), number) {
            ("--pairs", Ok(pairs)) => plan.pairs = pairs as usize,
            ("--only", Ok(index)) => plan.only = Some(index as usize),
            ("--input-seed", Ok(seed)) => plan.input_seed = Some(seed),
            ("--threads", Ok(threads)) => plan.threads = threads as usize,
            ("--mistake", _) if value == "last-time" => plan.mistake = Mistake::LastTime,
            ("--mistake", _) if value == "take-late" => plan.mistake = Mistake::TakeLate,
            _ => return refuse(&format!("`{argument} {value}` is not understood")),
        }
    }
    if plan.input_seed.is_some() && plan.only.is_none() {
        return refuse("--input-seed needs --only: an input is for one topology");
    }
    // A panic is told with the input that made it.
    panic::set_hook(Box::new(|_| {}));
    let start = Instant::now();
    let outcomes = run(&suite, entries, &plan);
    let missing = print_coverage(&suite, &outcomes);
    for outcome in &outcomes {
        if let Some(failure) = &outcome.failure {
            print_failure(&suite, outcome, failure);
        }
    }
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>();
    let (passed, failed) = (sum(|outcome| outcome.passed), sum(|outcome| outcome.failed));
    let by_mode: Vec<String> =
        Mode::ALL.iter().map(|mode| format!("{} {mode:?}", outcomes.iter().map(|o| o.runs[*mode as usize]).sum::<usize>())).collect();
    println!(
        "seed {}: {} topologies, {} records, runs: {}, {:.1} s",
        suite.seed,
        outcomes.len(),
        sum(|o| o.records),
        by_mode.join(", "),
        start.elapsed().as_secs_f64()
    );
    // Too few topologies for all operators, or one of them, prove nothing about the generator.
    let incomplete = plan.only.is_none() && suite.topologies.len() >= Feature::ALL.len() && !missing.is_empty();
    if incomplete {
        println!("never generated: {missing:?}");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 && !incomplete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("properties: {why}");
    ExitCode::FAILURE
}

/// Prints how often each operator was used; those that never were.
fn print_coverage(suite: &Suite, outcomes: &[Outcome]) -> Vec<Feature> {
    let mut missing = Vec::new();
    for feature in Feature::ALL {
        let with: Vec<&Outcome> = outcomes.iter().filter(|outcome| features(&suite.topologies[outcome.index]).contains(feature)).collect();
        let pairs: usize = with.iter().map(|outcome| outcome.passed + outcome.failed).sum();
        println!("{:<20} {:>3} topologies {:>6} pairs", format!("{feature:?}"), with.len(), pairs);
        if with.is_empty() {
            missing.push(*feature);
        }
    }
    missing
}

fn print_failure(suite: &Suite, outcome: &Outcome, failure: &Failure) {
    let topology: &Topology = &suite.topologies[outcome.index];
    let Outcome { index, passed, failed, .. } = outcome;
    println!("\n--- topology {index} of seed {}: {failed} of {} inputs failed", suite.seed, passed + failed);
    print!("{}", render::topology(topology));
    println!("input, shrunk:");
    for (index, step) in failure.steps.iter().enumerate() {
        let (commit, restart) = (if step.commit { ", commit" } else { "" }, if step.restart { ", restart" } else { "" });
        println!("  step {index}: {}{commit}{restart}", one(&step.record));
    }
    println!("{}", failure.difference);
    println!("again: cargo xtask properties --seed {} --only {index} --input-seed {}", suite.seed, failure.input_seed);
}
