//! What the arguments of the program say.

use std::path::PathBuf;

use streams_test::simulate::Cuts;

use crate::named::{Named, all};
use crate::random::Topologies;

pub(crate) const USAGE: &str = "simulations [--seeds N] [--from S] [--topology NAME|all] [--threads N] [--replay NAME:SEED/CUTS] \
                                [--no-shrink] [--first] [--generate DIRECTORY --suite S --topologies N]";

/// Which seeds of what are run, and how.
pub(crate) struct Options {
    pub(crate) from: u64,
    pub(crate) seeds: u64,
    pub(crate) topologies: Vec<Named>,
    pub(crate) threads: usize,
    pub(crate) shrinks: bool,
}

/// What is to be done.
pub(crate) enum Asked {
    Search(Options),
    First(Options),
    Replay(Named, u64, Cuts),
    /// Writes the crate of random topologies.
    Generate {
        directory: PathBuf,
        suite: u64,
        topologies: usize,
    },
}

fn named(all: &[Named], name: &str) -> Result<Named, String> {
    let names = || all.iter().map(|named| named.name).collect::<Vec<_>>().join(", ");
    all.iter().find(|named| named.name == name).cloned().ok_or_else(|| format!("there is no topology `{name}`, but {}", names()))
}

pub(crate) fn read(random: Option<Topologies>) -> Result<Asked, String> {
    let all = all(random);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options { from: 1, seeds: 100, topologies: all.clone(), threads, shrinks: true };
    let (mut is_first, mut replay, mut directory, mut suite, mut topologies) = (false, None, None, 338, 24);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--no-shrink" => {
                options.shrinks = false;
                continue;
            }
            "--first" => {
                is_first = true;
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
            "--generate" => directory = Some(PathBuf::from(&value)),
            "--suite" => suite = number()?,
            "--topologies" => topologies = number()? as usize,
            "--topology" if value == "all" => {}
            "--topology" => options.topologies = value.split(',').map(|name| named(&all, name)).collect::<Result<_, _>>()?,
            "--replay" => {
                let (topology, run) = value.split_once(':').ok_or_else(|| format!("`{value}` is not NAME:SEED/CUTS"))?;
                let (seed, cuts) = run.split_once('/').unwrap_or((run, ""));
                let seed = seed.parse().map_err(|_| format!("`{seed}` is no seed"))?;
                replay = Some((named(&all, topology)?, seed, cuts.parse()?));
            }
            _ => return Err(format!("`{name}` is not known")),
        }
    }
    Ok(match (directory, replay) {
        (Some(directory), _) => Asked::Generate { directory, suite, topologies },
        (None, Some((named, seed, cuts))) => Asked::Replay(named, seed, cuts),
        (None, None) if is_first => Asked::First(options),
        (None, None) => Asked::Search(options),
    })
}
