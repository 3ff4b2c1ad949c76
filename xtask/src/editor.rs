//! `cargo xtask editor`: whether what editors see of a topology is the language.
//!
//! Compiles the topologies of the operator tests as editors see them (`streams-runtime/src/editor/`).
//! Types that only the end of a chain says may differ there; a name or a number of arguments that
//! is not known is a failure.

use std::process::{ExitCode, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

#[derive(clap::Args)]
pub(crate) struct Editor {
    /// Print everything that rustc says, also what is allowed to differ.
    #[arg(long)]
    all: bool,
}

/// What rustc says of names and arguments that are not there.
const FAILURES: &[&str] = &["E0061", "E0107", "E0412", "E0425", "E0432", "E0433", "E0599"];

pub(crate) fn run(options: &Editor) -> Result<ExitCode> {
    let mut cargo = process::cargo();
    cargo.current_dir(paths::root()).args(["check", "--package", "tests", "--test", "operators", "--no-default-features"]);
    cargo.args(["--color", "never"]);
    // A directory of its own, or each turn would compile everything again.
    cargo.env("RUSTFLAGS", "--cfg rust_analyzer --cfg editor_check").env("CARGO_TARGET_DIR", paths::target().join("editor"));
    let output = cargo.stdout(Stdio::null()).output().context(|| format!("cannot run `{}`", process::shown(&cargo)))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let messages: Vec<&str> = text.split("\nerror").skip(1).collect();
    let failed: Vec<&&str> =
        messages.iter().filter(|message| FAILURES.iter().any(|code| message.starts_with(&format!("[{code}]")))).collect();
    let shown: Vec<&&str> = if options.all { messages.iter().collect() } else { failed.clone() };
    for message in shown {
        eprintln!("error{message}");
    }
    if !output.status.success() && !messages.iter().any(|message| message.contains("(test \"operators\")")) {
        return Err(Failure::new(format!("`{}` did not come as far as the operator tests:\n{text}", process::shown(&cargo))));
    }
    println!(
        "{} names or arguments that editors do not know, {} other differences",
        failed.len(),
        messages.len().saturating_sub(failed.len() + 1)
    );
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
