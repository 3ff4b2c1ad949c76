//! The benchmark kit in benches/kafka-streams: its broker, and one run of one side.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::lines::Line;
use crate::failure::{Context, Failure, Result};
use crate::kafka::broker;
use crate::kafka::leash::Leash;
use crate::{paths, process};

/// Who is measured. The names of the Rust sides are those of the binaries in `benches`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Side {
    /// Kafka Streams.
    Java,
    /// This project.
    Engine,
    /// The loop that a good engineer writes by hand with the safe API of rdkafka.
    Handwritten,
    /// The engine's own way to the broker with nothing between: what the engine could reach at best.
    Seam,
}

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Java => "java",
            Side::Engine => "engine",
            Side::Handwritten => "handwritten",
            Side::Seam => "seam",
        }
    }
}

/// The kit's broker. It ends with this process at the latest.
pub(crate) struct Kit {
    port: u16,
    run_dir: PathBuf,
    leash: Option<Leash>,
}

impl Kit {
    pub(crate) fn start(port: u16) -> Result<Self> {
        let run_dir = paths::target().join("kafka").join(format!("bench-{port}"));
        let mut kit = Self { port, run_dir, leash: None };
        // One that an earlier run has kept is used again.
        if process::check(kit.command("kafka.sh").arg("status").stdout(Stdio::null())).is_err() {
            broker::check_ports(port)?;
        }
        process::check(kit.command("kafka.sh").arg("start").stdout(Stdio::null()))?;
        let pid = process::stdout(kit.command("kafka.sh").arg("pid"))?;
        let pid = pid.trim().parse().context(|| "the kit's broker has no pid".into())?;
        kit.leash = Some(Leash::tie(pid, &kit.run_dir.join("server.properties"), &kit.run_dir)?);
        Ok(kit)
    }

    /// Ends the broker and deletes its data, or leaves both.
    pub(crate) fn finish(mut self, keep: bool) -> Result<()> {
        if let Some(leash) = self.leash.take() {
            leash.release();
        }
        if keep {
            eprintln!("kept: 127.0.0.1:{}, {}", self.port, self.run_dir.display());
            return Ok(());
        }
        process::check(self.command("kafka.sh").arg("wipe").stdout(Stdio::null()))
    }

    /// One run of one side. The kit prints one JSON line for every combination of comma lists in `args`.
    pub(crate) fn run(&self, side: Side, case: &str, args: &[String]) -> Result<Vec<Line>> {
        let mut command = self.command("run.sh");
        let engine = if side == Side::Java { "java" } else { "rust" };
        command.args(["--runs", "1", "--engines", engine]).args(args).arg(case);
        command.arg("--results").arg("/dev/null");
        if side != Side::Java {
            // The kit hands the text to a shell.
            command.env("RUST_BENCH", process::quoted(&binary(side)));
        }
        let output = command.stderr(Stdio::inherit()).output();
        let output = output.context(|| format!("cannot run `{}`", process::shown(&command)))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let lines = said.lines().filter(|l| l.starts_with('{')).map(|l| Line::parse(side, l)).collect::<Result<Vec<_>>>()?;
        // The kit exits with 1 when an engine failed, and says so in the line. Without a line it failed itself.
        if lines.is_empty() {
            return Err(Failure::new(format!("`{}` gave no result: {}", process::shown(&command), output.status)));
        }
        Ok(lines)
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new(paths::root().join("benches/kafka-streams").join(script));
        command.env("PORT", self.port.to_string()).env("RUN_DIR", &self.run_dir).env_remove("RUST_BENCH");
        command
    }
}

fn binary(side: Side) -> PathBuf {
    paths::target().join("release").join(side.name())
}

/// Compiles the Rust sides, optimised.
pub(crate) fn build(sides: &[Side]) -> Result<()> {
    let rust: Vec<Side> = sides.iter().copied().filter(|side| *side != Side::Java).collect();
    if rust.is_empty() {
        return Ok(());
    }
    let mut command = process::cargo();
    command.current_dir(paths::root()).args(["build", "--release", "--package", "benches"]);
    for side in rust {
        command.args(["--bin", side.name()]);
    }
    process::check(&mut command)
}
