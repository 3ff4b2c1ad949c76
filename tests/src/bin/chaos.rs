//! `chaos [--seeds N] [--from S] [--topology NAME]`: runs applications on a broker that misbehaves,
//! and prints what does not hold.

use std::process::ExitCode;

use tests::chaos::{Kind, Script, run};

fn main() -> ExitCode {
    match arguments() {
        Ok((from, seeds, kind)) => search(from, seeds, kind),
        Err(problem) => {
            eprintln!("{problem}; chaos [--seeds N] [--from S] [--topology NAME]");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<(u64, u64, Option<Kind>), String> {
    let (mut from, mut seeds, mut kind) = (1, 20, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        let number = || value.parse().map_err(|_| format!("`{value}` is no number"));
        match name.as_str() {
            "--seeds" => seeds = number()?,
            "--from" => from = number()?,
            "--topology" => {
                let known = Kind::ALL.into_iter().find(|kind| kind.name() == value);
                kind = Some(known.ok_or_else(|| format!("there is no topology `{value}`"))?);
            }
            _ => return Err(format!("`{name}` is not known")),
        }
    }
    Ok((from, seeds, kind))
}

fn search(from: u64, seeds: u64, kind: Option<Kind>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for seed in from..from.saturating_add(seeds) {
        let script = Script::of(seed, kind);
        let findings = runtime.block_on(run(&script));
        if !findings.is_empty() {
            failed += 1;
            println!("seed {seed}, {}:", script.kind.name());
            findings.iter().for_each(|finding| println!("    {finding}"));
        }
    }
    println!("{} passed, {failed} failed", seeds - failed);
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
