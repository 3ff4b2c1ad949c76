//! `cargo xtask bench compile`: what a topology costs at compile time, against a budget.
//!
//! Measured on a generated package outside the workspace, so that nothing but the topology differs.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime};

use super::lines::Summary;
use crate::failure::{Context, Failure, Result};
use crate::{metadata, paths, process};

/// The operators of the generated topology.
const OPERATORS: usize = 50;
const RUNS: usize = 5;
/// The example of the last figure.
const EXAMPLE: &str = "word_count";

const EXPANSION_BUDGET_MS: f64 = 20.0;
const CHECK_BUDGET_MS: f64 = 1000.0;
const EXAMPLE_BUDGET_MS: f64 = 3000.0;

#[derive(clap::Args)]
pub(crate) struct Compile {
    /// Print the figures, but do not fail when one is over budget.
    #[arg(long)]
    no_budget: bool,
}

pub(crate) fn run(options: &Compile) -> Result<ExitCode> {
    let package = Package::generate()?;
    let figures = [package.expansion_and_check()?, vec![example()?]].concat();
    let mut over = 0;
    println!("| what | median ms (least to greatest of {RUNS}) | budget ms | |\n|---|---|---|---|");
    for figure in &figures {
        let Summary { median, least, greatest } = figure.ms;
        let good = median <= figure.budget_ms;
        over += usize::from(!good);
        let verdict = if good { "within" } else { "OVER" };
        println!("| {} | {median:.1} ({least:.1} to {greatest:.1}) | {} | {verdict} |", figure.what, figure.budget_ms);
    }
    if over > 0 && !options.no_budget {
        return Err(Failure::new(format!("{over} of {} figures over budget", figures.len())));
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Clone)]
struct Figure {
    what: String,
    ms: Summary,
    budget_ms: f64,
}

/// The generated package: two programs, one with a topology and one with nothing in it.
struct Package {
    dir: PathBuf,
}

impl Package {
    fn generate() -> Result<Self> {
        let package = Self { dir: paths::target().join("compile-bench") };
        fs::create_dir_all(package.dir.join("src")).context(|| format!("cannot make {}", package.dir.display()))?;
        paths::write(&package.dir.join("Cargo.toml"), &manifest(&paths::root()))?;
        paths::write(&package.source("topology"), &topology(OPERATORS))?;
        paths::write(&package.source("empty"), "fn main() {}\n")?;
        // The same versions as everywhere else; cargo drops what this package does not need.
        let lock = package.dir.join("Cargo.lock");
        fs::copy(paths::root().join("Cargo.lock"), &lock).context(|| format!("cannot write {}", lock.display()))?;
        Ok(package)
    }

    fn source(&self, program: &str) -> PathBuf {
        self.dir.join("src").join(program).with_extension("rs")
    }

    fn expansion_and_check(&self) -> Result<Vec<Figure>> {
        // Dependencies first, and both programs once: not measured.
        for program in ["topology", "empty"] {
            self.check(program)?;
        }
        let (mut expansion, mut empty, mut full) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            empty.push(self.check("empty")?.0);
            let (ms, said) = self.check("topology")?;
            full.push(ms);
            expansion.extend(expansion_ms(&said));
        }
        let expansion = summary(expansion)
            .context(|| "the macro did not say how long it took (with STREAMS_TIME=1 it prints `// expanded <name> in <µs> us`)".into())?;
        let (empty, full) = (summary(empty)?, summary(full)?);
        // Both series vary on their own: the range of the difference is the widest that they allow.
        let more =
            Summary { median: full.median - empty.median, least: full.least - empty.greatest, greatest: full.greatest - empty.least };
        Ok(vec![
            Figure { what: format!("expansion, {OPERATORS} operators"), ms: expansion, budget_ms: EXPANSION_BUDGET_MS },
            Figure {
                what: format!("cargo check, {OPERATORS} operators, more than an empty program ({:.0} ms)", empty.median),
                ms: more,
                budget_ms: CHECK_BUDGET_MS,
            },
        ])
    }

    fn check(&self, program: &str) -> Result<(f64, String)> {
        let mut command = process::cargo();
        command
            .current_dir(&self.dir)
            .args(["check", "--quiet", "--bin", program])
            .env("CARGO_TARGET_DIR", self.dir.join("target"))
            // What was learned from the run before would be used again, and nothing be checked.
            .env("CARGO_INCREMENTAL", "0")
            .env("STREAMS_TIME", "1");
        timed(&mut command, &self.source(program))
    }
}

/// What a person waits for after a change to an example, incremental compilation and all.
fn example() -> Result<Figure> {
    let source = metadata::example_source("examples", EXAMPLE)?;
    let mut ms = Vec::new();
    // The first run brings the dependencies up to date, and does not count.
    for run in 0..=RUNS {
        let mut command = process::cargo();
        command.current_dir(paths::root()).args(["check", "--quiet", "--package", "examples", "--example", EXAMPLE]);
        let (one, _) = timed(&mut command, &source)?;
        if run > 0 {
            ms.push(one);
        }
    }
    let what = format!("cargo check --example {EXAMPLE}, touched");
    Ok(Figure { what, ms: summary(ms)?, budget_ms: EXAMPLE_BUDGET_MS })
}

/// Touches `source`, runs the command, and returns the milliseconds and what it printed.
fn timed(command: &mut Command, source: &Path) -> Result<(f64, String)> {
    File::options()
        .append(true)
        .open(source)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .context(|| format!("cannot touch {}", source.display()))?;
    let started = Instant::now();
    let output = command.stdout(Stdio::null()).output().context(|| "cannot run cargo".into())?;
    let ms = milliseconds(started.elapsed());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` failed:\n{said}", process::shown(command))));
    }
    Ok((ms, said))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn summary(numbers: Vec<f64>) -> Result<Summary> {
    Summary::of(numbers).ok_or_else(|| Failure::new("no figure"))
}

/// Each `// expanded <name> in <µs> us` of the macro.
fn expansion_ms(said: &str) -> Vec<f64> {
    let times = said.lines().filter_map(|line| {
        let (_, time) = line.strip_prefix("// expanded ")?.rsplit_once(" in ")?;
        time.strip_suffix(" us")?.parse::<f64>().ok()
    });
    times.map(|us| us / 1000.0).collect()
}

fn manifest(root: &Path) -> String {
    let runtime = root.join("streams-runtime");
    format!(
        "\
[package]
name = \"compile-bench\"
version = \"0.0.0\"
edition = \"2024\"

[[bin]]
name = \"topology\"
path = \"src/topology.rs\"

[[bin]]
name = \"empty\"
path = \"src/empty.rs\"

[dependencies]
streams-runtime = {{ path = {runtime:?}, default-features = false }}

# The same as in the workspace.
[profile.dev]
debug = \"line-tables-only\"

# Not a member of the workspace around it.
[workspace]
"
    )
}

fn topology(operators: usize) -> String {
    let mut chain = String::new();
    for n in 0..operators {
        let _ = match n % 2 {
            0 => writeln!(chain, "            .filter(|_, v| *v > {n})"),
            _ => writeln!(chain, "            .map_values(|v| v + {n})"),
        };
    }
    format!(
        "\
use streams_runtime::prelude::*;

topology! {{
    pub fn chain() -> Chain {{
        let s: Stream<u64, u64> = stream(\"in\");
        s
{chain}            .to(\"out\");
    }}
}}

fn main() {{
    let _ = chain();
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topology_has_that_many_operators() {
        let text = topology(50);
        assert_eq!(text.matches(".filter(").count(), 25);
        assert_eq!(text.matches(".map_values(").count(), 25);
        assert!(syn::parse_file(&text).is_ok(), "{text}");
    }

    #[test]
    fn the_time_of_an_expansion_is_read() {
        assert_eq!(expansion_ms("warning: x\n// expanded chain in 1500 us\nerror"), [1.5]);
        assert!(expansion_ms("// expanded chain in some us").is_empty());
    }
}
