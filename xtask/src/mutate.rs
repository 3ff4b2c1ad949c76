//! `cargo xtask mutate`: takes single steps of safety out of a copy of the tree, and sees that
//! simulations or tests find it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Mutate {
    /// Only the changes whose names contain this.
    #[arg(long)]
    only: Option<String>,
    /// Other changes than those of `simulations/mutations.txt`.
    #[arg(long)]
    table: Option<PathBuf>,
}

/// What takes longer than this does not come to an end.
const LIMIT: Duration = Duration::from_secs(600);

/// A change to the source.
struct Mutation {
    name: String,
    what: String,
    file: String,
    found_by: FoundBy,
    before: String,
    after: String,
}

/// What has to find a change.
enum FoundBy {
    /// One of the first seeds of this topology, or of several, separated by commas.
    Seeds { topology: String, seeds: u64 },
    /// This test: what `cargo test` is given, words separated by spaces.
    Test(String),
}

impl FoundBy {
    /// Where nothing was found.
    fn searched(&self) -> String {
        match self {
            FoundBy::Seeds { topology, seeds } => format!("{seeds} seeds of `{topology}`"),
            FoundBy::Test(test) => format!("`cargo test {test}`"),
        }
    }
}

pub(crate) fn run(options: &Mutate) -> Result<ExitCode> {
    let table = options.table.clone().unwrap_or_else(|| paths::root().join("simulations/mutations.txt"));
    let text = fs::read_to_string(&table).context(|| format!("cannot read {}", table.display()))?;
    let mutations = parse(&text)?;
    let tree = copy_tree()?;
    let (mut caught, mut missed) = (0, Vec::new());
    let all_begun = Instant::now();
    for mutation in mutations.iter().filter(|m| options.only.as_ref().is_none_or(|only| m.name.contains(only))) {
        let begun = Instant::now();
        let found = try_out(&tree, mutation)?;
        let seconds = begun.elapsed().as_secs();
        match &found {
            Some(seed) => {
                caught += 1;
                println!("{}: {} ({}; {seconds} s)", mutation.name, seed, mutation.what);
            }
            None => {
                println!("{}: NOT FOUND by {} ({}; {seconds} s)", mutation.name, mutation.found_by.searched(), mutation.what);
                missed.push(mutation.name.as_str());
            }
        }
    }
    println!("{caught} found, {} not found; {} s", missed.len(), all_begun.elapsed().as_secs());
    missed.iter().for_each(|name| println!("not found: {name}"));
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `=== name`, lines of `key: value`, `--- before`, lines, `--- after`, lines.
fn parse(text: &str) -> Result<Vec<Mutation>> {
    let mut all = Vec::new();
    for block in text.split("\n=== ").skip(1) {
        let broken = |what: &str| Failure::new(format!("a mutation without {what}: {}", block.lines().next().unwrap_or_default()));
        let (head, change) = block.split_once("\n--- before\n").ok_or_else(|| broken("`--- before`"))?;
        let (before, after) = change.split_once("\n--- after\n").ok_or_else(|| broken("`--- after`"))?;
        let value = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(str::to_owned);
        let found_by = match (value("topology"), value("test")) {
            (Some(topology), None) => {
                let seeds = value("seeds").and_then(|seeds| seeds.parse().ok()).ok_or_else(|| broken("`seeds`"))?;
                FoundBy::Seeds { topology, seeds }
            }
            (None, Some(test)) => FoundBy::Test(test),
            _ => return Err(broken("either `topology` or `test`")),
        };
        all.push(Mutation {
            name: head.lines().next().unwrap_or_default().trim().to_owned(),
            what: value("what").ok_or_else(|| broken("`what`"))?,
            file: value("file").ok_or_else(|| broken("`file`"))?,
            found_by,
            before: before.to_owned(),
            after: after.trim_end_matches('\n').to_owned(),
        });
    }
    if all.is_empty() { Err(Failure::new("there are no mutations")) } else { Ok(all) }
}

/// The files of the tree as they are now, without what is built.
fn copy_tree() -> Result<PathBuf> {
    let root = paths::root();
    let tree = root.join("target/mutate/tree");
    let mut list = Command::new("git");
    list.current_dir(&root).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for name in process::stdout(&mut list)?.lines() {
        let (from, to) = (root.join(name), tree.join(name));
        let Ok(content) = fs::read(&from) else { continue };
        // What has not changed keeps its time, so that it is not built again.
        if fs::read(&to).is_ok_and(|known| known == content) {
            continue;
        }
        if let Some(directory) = to.parent() {
            fs::create_dir_all(directory).context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::write(&to, content).context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(tree)
}

/// The seed that finds a change.
fn try_out(tree: &Path, mutation: &Mutation) -> Result<Option<String>> {
    let file = tree.join(&mutation.file);
    let original = fs::read_to_string(&file).context(|| format!("{}: cannot read {}", mutation.name, mutation.file))?;
    let places = original.matches(&mutation.before).count();
    if places != 1 {
        return Err(Failure::new(format!("{}: its text is {places} times in {}", mutation.name, mutation.file)));
    }
    let write = |text: &str| fs::write(&file, text).context(|| format!("cannot write {}", file.display()));
    write(&original.replace(&mutation.before, &mutation.after))?;
    let found = match &mutation.found_by {
        FoundBy::Seeds { topology, seeds } => build(tree).and_then(|()| search(tree, topology, *seeds)),
        FoundBy::Test(test) => run_test(tree, test),
    };
    write(&original)?;
    // A change that does not compile is a mistake in the table, and the others are tried all the same.
    found.or_else(|failure| {
        eprintln!("{}: {failure}", mutation.name);
        Ok(None)
    })
}

/// Cargo in the copy of the tree, with what it builds beside it.
fn cargo(tree: &Path) -> Command {
    let mut command = process::cargo();
    command.current_dir(tree).env("CARGO_TARGET_DIR", paths::root().join("target/mutate/build")).env("RUSTFLAGS", "-Awarnings");
    command
}

fn build(tree: &Path) -> Result<()> {
    process::check(cargo(tree).args(["build", "--quiet", "--profile", "simulate", "--package", "simulations"]))
}

fn search(tree: &Path, topology: &str, seeds: u64) -> Result<Option<String>> {
    let mut command = Command::new(paths::root().join("target/mutate/build/simulate/simulations"));
    command.current_dir(tree).args(["--first", "--topology", topology, "--seeds", &seeds.to_string()]);
    match process::output_within(&mut command, LIMIT)? {
        Some((_, text)) => Ok(text.lines().find_map(|line| line.strip_prefix("first: ")).map(str::to_owned)),
        None => Ok(Some(format!("{topology}, which does not come to an end"))),
    }
}

/// The name of the first test that fails.
fn run_test(tree: &Path, test: &str) -> Result<Option<String>> {
    let words = || test.split_whitespace();
    process::check(cargo(tree).args(["test", "--quiet", "--profile", "simulate", "--no-run"]).args(words()))?;
    let mut command = cargo(tree);
    command.args(["test", "--quiet", "--profile", "simulate"]).args(words());
    let Some((status, text)) = process::output_within(&mut command, LIMIT)? else {
        return Ok(Some(format!("{test}, which does not come to an end")));
    };
    if status.success() {
        return Ok(None);
    }
    // A test that did not come to its end has no name there.
    let failed = text.lines().find_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----"));
    Ok(Some(failed.unwrap_or(test).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutation_of_the_table_fits_the_source() {
        let text = fs::read_to_string(paths::root().join("simulations/mutations.txt")).unwrap();
        let mutations = parse(&text).unwrap();
        assert!(mutations.len() >= 30);
        for mutation in mutations {
            let source = fs::read_to_string(paths::root().join(&mutation.file)).unwrap();
            assert_eq!(source.matches(&mutation.before).count(), 1, "{}", mutation.name);
        }
    }
}
