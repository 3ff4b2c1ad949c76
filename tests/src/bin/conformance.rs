//! `conformance [--embedded | --cached | --restarted] [DIRECTORY]`: replays recorded behaviour of
//! Kafka Streams and tells what differs. Without an argument the directory is
//! `$CONFORMANCE_VECTORS`, or `tests/conformance/vectors`. Through the test driver; with
//! `--embedded` by whole applications on the embedded log; with `--cached` with caches in front of
//! the stores, whose last rows are compared; with `--restarted` with restarts between records.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tests::conformance::{Outcome, replay, replay_cached, replay_embedded, replay_restarted};

fn main() -> ExitCode {
    let (flags, arguments): (Vec<_>, Vec<_>) =
        std::env::args_os().skip(1).partition(|argument| argument.as_encoded_bytes().starts_with(b"--"));
    let given = arguments.into_iter().next().or_else(|| std::env::var_os("CONFORMANCE_VECTORS"));
    let directory = given.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/vectors"), PathBuf::from);
    let replayed = match flags.first().map(|flag| flag.to_string_lossy()).as_deref() {
        None => replay(&directory),
        Some("--embedded") => replay_embedded(&directory),
        Some("--cached") => replay_cached(&directory),
        Some("--restarted") => replay_restarted(&directory),
        Some(unknown) => {
            eprintln!("{unknown} is unknown: --embedded, --cached or --restarted");
            return ExitCode::FAILURE;
        }
    };
    let outcomes = match replayed {
        Ok(outcomes) => outcomes,
        Err(error) => {
            eprintln!("{}: {error}", directory.display());
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for (file, outcome) in &outcomes {
        match outcome {
            Outcome::Passed => {
                passed += 1;
                println!("passed {file}");
            }
            Outcome::Failed(difference) => {
                failed += 1;
                println!("FAILED {file}: {difference}");
            }
            Outcome::Quirk(None) => println!("quirk {file}: same"),
            Outcome::Quirk(Some(difference)) => println!("quirk {file}: differs: {difference}"),
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 || outcomes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
