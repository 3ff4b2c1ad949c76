//! `conformance [DIRECTORY]`: replays recorded behaviour of Kafka Streams and tells what differs. Without an argument the directory is
//! `$CONFORMANCE_VECTORS`, or `tests/conformance/vectors`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tests::conformance::{Outcome, replay};

fn main() -> ExitCode {
    let given = std::env::args_os().nth(1).or_else(|| std::env::var_os("CONFORMANCE_VECTORS"));
    let directory = given.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/vectors"), PathBuf::from);
    let outcomes = match replay(&directory) {
        Ok(outcomes) => outcomes,
        Err(error) => {
            eprintln!("{}: {error}", directory.display());
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed, mut missing_files) = (0, 0, 0);
    let mut missing = BTreeSet::new();
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
            Outcome::Missing(scenario) => {
                missing_files += 1;
                missing.insert(scenario);
                println!("not there yet {file}");
            }
            Outcome::Quirk(None) => println!("quirk {file}: same"),
            Outcome::Quirk(Some(difference)) => println!("quirk {file}: differs: {difference}"),
        }
    }
    for scenario in missing {
        println!("not implemented yet: {scenario}");
    }
    println!("{missing_files} files of scenarios whose operators do not exist yet");
    println!("{passed} passed, {failed} failed");
    if failed > 0 || outcomes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
