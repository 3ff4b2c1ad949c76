//! The recorder: compiles it, and lets it record or check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use super::compare::vectors;
use super::seeds::Seeds;
use crate::failure::{Context, Failure, Result};
use crate::kafka::provision;
use crate::{paths, process};

/// Its jars: the test driver of Kafka Streams is not among those of the broker.
const POM: &str = "tests/conformance/recorder/pom.xml";
const SOURCES: &str = "tests/conformance/recorder/src/main/java/recorder";

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Record what Kafka Streams does, for seeds of all scenarios or of some.
    Record(Record),
    /// Check that Kafka Streams still does what was recorded, fed by the recorder's own scenarios.
    VerifyRecorder(Verify),
}

#[derive(clap::Args)]
pub(crate) struct Record {
    /// The seeds: 7, or 3..20 with both ends.
    #[arg(long)]
    seeds: Seeds,
    /// Where the files go. It is made when it is not there.
    #[arg(long)]
    out: PathBuf,
    /// So many steps in each file. Default: as many as the scenario has.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    steps: u32,
    /// More ties, more late records and more jumps of time than a scenario usually has.
    #[arg(long)]
    hard: bool,
    /// Names of scenarios. Default: all.
    scenarios: Vec<String>,
}

#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A directory of recorded runs. Default: $CONFORMANCE_VECTORS, or tests/conformance/vectors.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Names of scenarios. Default: all.
    scenarios: Vec<String>,
}

pub(super) fn run(command: &Command) -> Result<ExitCode> {
    let mut java = recorder()?;
    match command {
        Command::Record(record) => {
            let Seeds { first, last } = record.seeds;
            java.args(["record", &first.to_string(), &last.to_string(), &record.steps.to_string()])
                .arg(if record.hard { "hard" } else { "usual" })
                .arg(&record.out)
                .args(&record.scenarios)
        }
        Command::VerifyRecorder(verify) => java.arg("replay").arg(vectors(verify.dir.as_deref())?).args(&verify.scenarios),
    };
    process::answer(&mut java)
}

/// The program, compiled anew: it is small, and nobody has to wonder how old it is.
fn recorder() -> Result<Process> {
    let jars = provision::jars(POM, "recorder")?;
    let classes = paths::target().join("recorder/classes");
    if classes.is_dir() {
        fs::remove_dir_all(&classes).context(|| format!("cannot empty {}", classes.display()))?;
    }
    let mut javac = Process::new(provision::java_program("javac"));
    javac.args(["--release", "17", "-proc:none", "-encoding", "UTF-8", "-cp", &jars, "-d"]).arg(&classes).args(sources()?);
    process::check(&mut javac).context(|| "the recorder was not compiled (a JDK is needed, not only a Java to run)".into())?;
    let mut java = Process::new(provision::java_program("java"));
    java.arg("-cp").arg(format!("{}:{jars}", classes.display())).arg("recorder.Main");
    Ok(java)
}

fn sources() -> Result<Vec<PathBuf>> {
    let dir = paths::root().join(SOURCES);
    let entries = fs::read_dir(&dir).context(|| format!("cannot read {}", dir.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.context(|| format!("cannot read {}", dir.display()))?.path();
        if file.extension() == Some(Path::new("java").as_os_str()) {
            files.push(file);
        }
    }
    if files.is_empty() { Err(Failure::new(format!("{} has no Java sources", dir.display()))) } else { Ok(files) }
}
