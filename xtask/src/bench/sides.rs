//! Side by side: Kafka Streams, the engine and the hand-written loop, in turn, on one broker and the same topics.

use std::fs::{self, File};
use std::io::Write;
use std::process::ExitCode;
use std::thread;

use super::kit::{self, Kit, Side};
use super::lines::{Group, Line};
use super::table;
use crate::failure::{Context, Result};
use crate::paths;

/// The cases that the hand-written loop can do.
const HANDWRITTEN_CASES: &[&str] = &["map_values", "forward"];

/// The kit's rule 7: above this share of the machine for others, a figure means little.
const NOISE_LIMIT: f64 = 0.1;

#[derive(clap::Args)]
pub(crate) struct Sides {
    /// Cases of benches/kafka-streams/README.md: map_values, count, …
    #[arg(required = true)]
    cases: Vec<String>,
    /// Runs of each side. The sides take turns, and the order flips every round.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Input records. Default: the case's own number.
    #[arg(long)]
    records: Option<u64>,
    /// memory or rocksdb (the default persistent store of each side); a comma between makes both.
    #[arg(long, default_value = "memory")]
    store: String,
    /// The store of Kafka Streams, if it is to be another one: its windows and joins in memory are slower than those in RocksDB.
    #[arg(long)]
    java_store: Option<String>,
    /// Who is measured. Default: java and engine, and handwritten where it can do the case.
    #[arg(long, value_delimiter = ',')]
    sides: Vec<Side>,
    /// The port of the benchmark's own broker; the controller takes the one after it.
    #[arg(long, default_value_t = 19492)]
    port: u16,
    /// Leave the broker running, with the input topics, for the next run.
    #[arg(long)]
    keep: bool,
    /// After `--`: further options of the kit, such as --partitions 8 --guarantee exactly_once_v2.
    #[arg(last = true)]
    kit_args: Vec<String>,
}

pub(crate) fn run(options: &Sides) -> Result<ExitCode> {
    let mut all: Vec<Side> = options.cases.iter().flat_map(|case| sides_of(case, &options.sides)).collect();
    all.sort();
    all.dedup();
    kit::build(&all)?;
    let kit = Kit::start(options.port)?;
    let measured = measure(options, &kit);
    kit.finish(options.keep)?;

    let groups = Group::all(&measured?);
    let processors = thread::available_parallelism().map_or(0, usize::from);
    println!("{} alternating runs of each side, medians (least to greatest), {processors} processors\n", options.runs);
    print!("{}", table::render(&groups));
    for group in &groups {
        if let Some(why) = group.void() {
            eprintln!("{}: does not count: {why}", group.name);
        }
    }
    Ok(if groups.iter().all(|g| g.void().is_none()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure(options: &Sides, kit: &Kit) -> Result<Vec<Line>> {
    let stores = options.java_store.as_ref().map(|java| format!("{}, java {java}", options.store));
    let results = paths::target().join("bench/results.jsonl");
    fs::create_dir_all(paths::target().join("bench")).context(|| "cannot make target/bench".into())?;
    let file = File::options().create(true).append(true).open(&results);
    let mut file = file.context(|| format!("cannot write {}", results.display()))?;
    let mut lines = Vec::new();
    for case in &options.cases {
        let mut order = sides_of(case, &options.sides);
        for round in 1..=options.runs {
            for &side in &order {
                for line in kit.run(side, case, &kit_args(options, side))? {
                    let line = match &stores {
                        Some(stores) => line.with_stores(stores),
                        None => line,
                    };
                    let rate = line.number("rec_s").map_or("failed".into(), |r| format!("{r:.0} records/s"));
                    eprintln!("{case}, round {round} of {}, {}: {rate}", options.runs, side.name());
                    writeln!(file, "{}", line.to_json()).context(|| format!("cannot write {}", results.display()))?;
                    if line.noise().is_some_and(|share| share > NOISE_LIMIT) {
                        eprintln!("  noisy: other processes took more than a tenth of the machine; measure again");
                    }
                    lines.push(line);
                }
            }
            // Whoever ran last runs first: a machine that gets slower hits all sides alike.
            order.reverse();
        }
    }
    eprintln!("every run is a line of {}", results.display());
    Ok(lines)
}

fn kit_args(options: &Sides, side: Side) -> Vec<String> {
    let own = options.java_store.as_ref().filter(|_| side == Side::Java);
    let mut args = vec!["--store".to_owned(), own.unwrap_or(&options.store).clone()];
    if let Some(records) = options.records {
        args.extend(["--records".to_owned(), records.to_string()]);
    }
    args.extend(options.kit_args.iter().cloned());
    args
}

fn sides_of(case: &str, chosen: &[Side]) -> Vec<Side> {
    if !chosen.is_empty() {
        return chosen.to_vec();
    }
    let mut sides = vec![Side::Java, Side::Engine];
    if HANDWRITTEN_CASES.contains(&case) {
        sides.push(Side::Handwritten);
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handwritten_loop_only_where_it_can() {
        assert_eq!(sides_of("count", &[]), [Side::Java, Side::Engine]);
        assert_eq!(sides_of("map_values", &[]), [Side::Java, Side::Engine, Side::Handwritten]);
        assert_eq!(sides_of("map_values", &[Side::Java]), [Side::Java]);
    }
}
