//! A pipeline in a process of its own: the program `pipelines`, which tests start, ask, stop and kill.
//!
//! It is talked to by lines: commands on its standard input, one JSON object per line on its standard output. Its log goes to a file.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take that is expected to happen. Long, because the machine may do other things too; nothing waits for it in vain
/// unless a test fails.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A running pipeline. Dropping it kills it.
pub struct Pipeline {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<Value>,
    log: PathBuf,
    name: String,
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (pid {})", self.name, self.child.id())
    }
}

/// What the application says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// `Running`, `Rebalancing`, ….
    pub state: String,
    /// Tasks that it has.
    pub tasks: u64,
    /// Those of them that run.
    pub running: u64,
    /// The names of these: `<sub-topology>_<partition>`.
    pub ids: Vec<String>,
    /// Records processed.
    pub records: u64,
    /// Records left out because they could not be decoded or processed.
    pub skipped: u64,
    /// Records left out because an operator has no use for them.
    pub dropped: u64,
}

impl Pipeline {
    /// Starts the program at `exe` with these arguments (`topology name=value …`); `name` tells it from others in messages.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(exe: impl AsRef<Path>, name: &str, args: &[String]) -> Self {
        Self::start_by(Command::new(exe.as_ref()), name, args)
    }

    /// The same with a command that ends in the program: `sh -c 'ulimit …; exec "$0" "$@"' program`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start_by(mut command: Command, name: &str, args: &[String]) -> Self {
        let logs = std::env::temp_dir().join("pipelines");
        std::fs::create_dir_all(&logs).expect("directory for logs");
        let log = logs.join(format!("{name}-{}-{}.log", std::process::id(), nanoseconds()));
        let file = File::create(&log).expect("log file");
        let mut child = command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        let stdin = child.stdin.take().expect("piped");
        let stdout = child.stdout.take().expect("piped");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Pipeline { child, stdin, lines, log, name: name.to_owned() }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn fail(&self, what: &str) -> ! {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        panic!("{self:?}: {what}; the end of its log:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"))
    }

    fn try_line(&mut self, timeout: Duration) -> Result<Value, RecvTimeoutError> {
        self.lines.recv_timeout(timeout)
    }

    /// Sends a command and gives the answer; if the program ended instead, what it last said.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn try_ask(&mut self, command: &str) -> Result<Value, String> {
        // A program that has ended may have said why.
        let asked = writeln!(self.stdin, "{command}").and_then(|()| self.stdin.flush());
        match self.try_line(PATIENCE) {
            Ok(answer) if answer.get("ended").is_none() && asked.is_ok() => Ok(answer),
            Ok(end) => Err(end.to_string()),
            Err(RecvTimeoutError::Disconnected) => Err("nothing".to_owned()),
            Err(RecvTimeoutError::Timeout) => self.fail(&format!("no answer to `{command}`")),
        }
    }

    /// Sends a command and gives the answer.
    ///
    /// # Panics
    /// When there is none.
    pub fn ask(&mut self, command: &str) -> Value {
        match self.try_ask(command) {
            Ok(answer) => answer,
            Err(end) => self.fail(&format!("ended instead of answering `{command}`, and last said: {end}")),
        }
    }

    /// Its own view of itself.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn status(&mut self) -> Status {
        let answer = self.ask("status");
        let number = |name: &str| answer[name].as_u64().unwrap_or_else(|| panic!("{answer}"));
        Status {
            state: answer["state"].as_str().unwrap_or_default().to_owned(),
            tasks: number("tasks"),
            running: number("running"),
            ids: answer["ids"].as_array().into_iter().flatten().filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
            records: number("records"),
            skipped: number("skipped"),
            dropped: number("dropped"),
        }
    }

    /// Asks again and again until the status is as wanted.
    ///
    /// # Panics
    /// When that takes too long.
    pub fn wait_for(&mut self, what: &str, mut wanted: impl FnMut(&Status) -> bool) -> Status {
        let until = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if wanted(&status) {
                return status;
            }
            if Instant::now() > until {
                self.fail(&format!("waited in vain: {what}; it is {status:?}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until all tasks it was given run, and it was given at least one.
    ///
    /// # Panics
    /// When that takes too long.
    pub fn wait_until_running(&mut self) -> Status {
        self.wait_for("all tasks run", |s| s.state == "Running" && s.tasks > 0 && s.running == s.tasks)
    }

    /// The rows of a store, key and value as the program writes them.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn rows(&mut self) -> Vec<(String, Value)> {
        let answer = self.ask("rows");
        let Some(rows) = answer["rows"].as_array() else { self.fail(&format!("no rows: {answer}")) };
        rows.iter().map(|row| (row[0].as_str().unwrap_or_default().to_owned(), row[1].clone())).collect()
    }

    /// SIGKILL: it has no chance to do anything. Returns when it is dead.
    ///
    /// # Panics
    /// When it had ended before.
    pub fn kill(&mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            self.fail(&format!("was to be killed, but had ended by itself: {status}"));
        }
        self.child.kill().expect("kill");
        self.child.wait().expect("wait");
    }

    /// Sends any signal, by its name without SIG.
    ///
    /// # Panics
    /// When that is not possible.
    pub fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Asks it to stop as an operator would (SIGTERM) and waits for it.
    ///
    /// # Panics
    /// When it takes too long, or ends with an error.
    pub fn terminate(mut self) {
        self.signal("TERM");
        let end = self.end();
        assert_eq!(end.error, None, "{self:?}: log:\n{}", self.log());
        assert!(end.status.success(), "{self:?}: {}; log:\n{}", end.status, self.log());
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it takes too long.
    pub fn end(&mut self) -> End {
        self.end_within(PATIENCE)
    }

    /// Waits for its end, so long.
    ///
    /// # Panics
    /// When it takes longer.
    pub fn end_within(&mut self, limit: Duration) -> End {
        let begin = Instant::now();
        let mut error = None;
        loop {
            match self.try_line(limit.saturating_sub(begin.elapsed())) {
                Ok(line) => {
                    if let Some(ended) = line.get("ended") {
                        error = ended.as_str().map(str::to_owned);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.fail(&format!("has not ended after {limit:?}")),
            }
        }
        // Its output is closed; the process itself is gone a moment later.
        loop {
            if let Some(status) = self.child.try_wait().expect("wait") {
                return End { status, error, after: begin.elapsed() };
            }
            if begin.elapsed() > limit {
                self.fail(&format!("has not ended after {limit:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// How a pipeline ended.
#[derive(Debug)]
pub struct End {
    /// Of the process.
    pub status: ExitStatus,
    /// The error that reached `main`.
    pub error: Option<String>,
    /// How long it was waited for.
    pub after: Duration,
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}

/// Sends a signal to a process, by its name without SIG.
///
/// # Panics
/// When that is not possible.
pub fn signal(pid: u32, name: &str) {
    let done = Command::new("kill").args([format!("-{name}"), pid.to_string()]).status().expect("kill");
    assert!(done.success(), "kill -{name} {pid}");
}

fn nanoseconds() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos())
}

/// Waits until the condition holds.
///
/// # Panics
/// When that takes too long.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
