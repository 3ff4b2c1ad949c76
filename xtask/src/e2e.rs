//! `cargo xtask e2e`: the tests that need Apache Kafka, on a broker of their own.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::failure::{Context, Failure, Result};
use crate::kafka::broker::Broker;
use crate::kafka::leash::Leash;
use crate::{metadata, paths, process};

/// The package of the tests that span the crates, and its feature for those that need a broker.
const PACKAGE: &str = "tests";
const FEATURE: &str = "kafka";

#[derive(clap::Args)]
pub(crate) struct E2e {
    /// The broker's port; the controller takes the one after it. Default: any two that are free.
    #[arg(long)]
    port: Option<u16>,
    /// How many tests of one binary run at once. They share the broker, and some of them stop it for a while.
    #[arg(long, default_value_t = 1)]
    test_threads: usize,
    /// Only these test binaries.
    #[arg(long)]
    test: Vec<String>,
    /// Leave the broker running, and its data and log where they are.
    #[arg(long)]
    keep: bool,
    /// Optimized programs, as for a figure of `idle.rs` that can be compared.
    #[arg(long)]
    release: bool,
    /// Only tests with one of these texts in their name.
    filters: Vec<String>,
    /// After `--`: further arguments of the test binaries, such as --nocapture.
    #[arg(last = true)]
    test_args: Vec<String>,
}

pub(crate) fn run(options: &E2e) -> Result<ExitCode> {
    let started = Instant::now();
    let tests = chosen(metadata::tests_requiring(PACKAGE, FEATURE)?, &options.test)?;

    // Compile first: a broker need not wait for it, and the tests start these programs as processes.
    let profile: &[&str] = if options.release { &["--release"] } else { &[] };
    process::check(process::cargo().args(["build", "--package", "examples", "--examples"]).args(profile))?;
    process::check(cargo_test(&tests).args(profile).arg("--no-run"))?;

    let broker = match options.port {
        Some(port) => Broker::on(port),
        None => Broker::on_free_port()?,
    };
    broker.wipe()?;
    let pid = broker.start()?;
    let leash = Leash::tie(pid, &broker.config_file(), broker.dir())?;
    eprintln!("Apache Kafka: pid {pid}, {}, after {:.1} s", broker.bootstrap(), started.elapsed().as_secs_f64());

    let mut command = cargo_test(&tests);
    command
        .args(profile)
        // Tests that are ignored elsewhere for want of a broker that they may stop have one here.
        .args(["--", "--include-ignored", &format!("--test-threads={}", options.test_threads)])
        .args(&options.filters)
        .args(&options.test_args)
        .env("STREAMS_TEST_KAFKA", broker.bootstrap())
        .env("STREAMS_TEST_KAFKA_PID", pid.to_string())
        .env("STREAMS_TEST_KAFKA_TOOL", tool_command(broker.port())?)
        .env("STREAMS_TEST_EXAMPLES", paths::target().join(if options.release { "release/examples" } else { "debug/examples" }));
    let outcome = run_tests(&mut command);

    // The broker must have lived to the end, or the tests saw something else than they were meant to see.
    let alive = broker.running_pid() == Some(pid);
    if outcome.is_err() || !alive {
        eprintln!("--- the end of the broker's log\n{}\n---", broker.log_tail());
    }
    leash.release();
    if options.keep {
        eprintln!("kept: pid {pid}, {}, {}", broker.bootstrap(), broker.dir().display());
    } else {
        broker.wipe()?;
    }
    eprintln!("e2e: {:.1} s", started.elapsed().as_secs_f64());
    outcome?;
    if alive { Ok(ExitCode::SUCCESS) } else { Err(Failure::new("the broker did not live to the end of the tests")) }
}

/// The tests to run. None at all is a failure: it would pass without having tested anything.
fn chosen(all: Vec<String>, only: &[String]) -> Result<Vec<String>> {
    if all.is_empty() {
        return Err(Failure::new(format!(
            "package `{PACKAGE}` has no [[test]] with required-features = [\"{FEATURE}\"]: there is nothing to run"
        )));
    }
    if let Some(unknown) = only.iter().find(|name| !all.contains(name)) {
        return Err(Failure::new(format!("no such test binary: {unknown}; there are: {}", all.join(", "))));
    }
    Ok(if only.is_empty() { all } else { only.to_vec() })
}

fn cargo_test(tests: &[String]) -> Command {
    let mut cargo = process::cargo();
    cargo.current_dir(paths::root()).args(["test", "--package", PACKAGE, "--features", FEATURE]);
    // All of them, also when one fails: a run takes minutes, and each answer is wanted.
    cargo.arg("--no-fail-fast");
    for test in tests {
        cargo.args(["--test", test]);
    }
    cargo
}

/// Passes the output on while it comes, and counts the tests that were run.
fn run_tests(command: &mut Command) -> Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().context(|| "cannot run cargo".into())?;
    let mut passed = 0;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let mut line = line.context(|| "cannot read the tests' output".into())?;
            passed += passed_in(&String::from_utf8_lossy(&line)).unwrap_or(0);
            line.push(b'\n');
            let _ = io::stdout().write_all(&line);
        }
    }
    let status = child.wait().context(|| "cannot wait for cargo".into())?;
    if !status.success() {
        return Err(Failure::new(format!("tests failed: {status}")));
    }
    if passed == 0 {
        return Err(Failure::new("not one test was run"));
    }
    eprintln!("{passed} tests passed");
    Ok(())
}

/// 7 of `test result: ok. 7 passed; 0 failed; …`.
fn passed_in(line: &str) -> Option<u64> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    rest.split_once(" passed")?.0.parse().ok()
}

/// What a test runs, as `sh -c "$STREAMS_TEST_KAFKA_TOOL topics --list"` or split at blanks, from any directory.
fn tool_command(port: u16) -> Result<String> {
    let this = env::current_exe().context(|| "where is xtask's binary?".into())?;
    Ok(format!("{} kafka tool --port {port}", process::quoted(&this)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_test_at_all_is_a_failure() {
        assert!(chosen(vec![], &[]).is_err());
        let all = || vec!["broker".to_owned(), "e2e".to_owned()];
        assert_eq!(chosen(all(), &[]).unwrap(), all());
        assert_eq!(chosen(all(), &["e2e".to_owned()]).unwrap(), ["e2e"]);
        assert!(chosen(all(), &["e3e".to_owned()]).is_err());
    }

    #[test]
    fn passed_tests_are_counted() {
        let line = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s";
        assert_eq!(passed_in(line), Some(12));
        assert_eq!(passed_in("test result: FAILED. 3 passed; 1 failed; 0 ignored"), Some(3));
        assert_eq!(passed_in("test a ... ok"), None);
    }
}
