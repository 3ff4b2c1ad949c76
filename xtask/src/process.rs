//! Running programs, and ending those that this tool started.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};

/// How long a program is waited for after a polite request to end.
const END_TIMEOUT: Duration = Duration::from_secs(30);

/// The cargo that runs this tool, or the one on the path.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|w| w.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end, output going where ours goes.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().context(|| format!("cannot run `{}`", shown(command)))
}

/// As [`status`], for a command whose answer is that of the chore.
pub(crate) fn answer(command: &mut Command) -> Result<ExitCode> {
    Ok(if status(command)?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// As [`status`], but a non-zero status is a failure.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{}` failed: {status}", shown(command)))) }
}

/// Runs to the end and returns what it printed; its standard error goes where ours goes.
pub(crate) fn stdout(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.context(|| format!("cannot run `{}`", shown(command)))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` failed: {}", shown(command), output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end and returns what it printed; `None` if that takes too long: then it is ended, with all that it has started.
pub(crate) fn output_within(command: &mut Command, limit: Duration) -> Result<Option<(ExitStatus, String)>> {
    let failed = format!("cannot run `{}`", shown(command));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).spawn().context(|| failed.clone())?;
    let pipe = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut text)).map(|_| text)
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().context(|| failed.clone())? {
            break Some(status);
        }
        if begun.elapsed() >= limit {
            let group = format!("-{}", child.id());
            check(Command::new("kill").args(["-KILL", "--", &group]))?;
            child.wait().context(|| failed.clone())?;
            break None;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let text = reader.join().map_err(|_| Failure::new(failed.clone()))?.context(|| failed.clone())?;
    Ok(status.map(|status| (status, String::from_utf8_lossy(&text).into_owned())))
}

/// The first executable file of that name on the path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// True when process `pid` exists, was started with `argument` as one of its arguments, and is no zombie.
///
/// A pid alone proves nothing: it may have been given to another process since it was written down.
pub(crate) fn runs_with_argument(pid: u32, argument: &Path) -> bool {
    // A process that has just been started shows an empty command line for an instant, a zombie does for good.
    for _ in 0..20 {
        match fs::read(format!("/proc/{pid}/cmdline")) {
            Ok(line) if line.is_empty() => thread::sleep(Duration::from_millis(1)),
            Ok(line) => return has_argument(&line, argument.as_os_str()),
            Err(_) => return false,
        }
    }
    false
}

fn has_argument(cmdline: &[u8], argument: &OsStr) -> bool {
    cmdline.split(|&b| b == 0).skip(1).any(|word| word == argument.as_encoded_bytes())
}

/// Ends process `pid` if it still is the one that [`runs_with_argument`]: SIGTERM, and after 30 s SIGKILL.
///
/// SIGCONT goes along because a test may have stopped the process, and a stopped process handles no signal.
pub(crate) fn end(pid: u32, argument: &Path) -> Result<()> {
    for (signals, timeout) in [("TERM CONT", END_TIMEOUT), ("KILL", Duration::from_secs(5))] {
        let until = Instant::now() + timeout;
        if !runs_with_argument(pid, argument) {
            return Ok(());
        }
        for signal in signals.split(' ') {
            signal_process(pid, signal)?;
        }
        while Instant::now() < until {
            if !runs_with_argument(pid, argument) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
    Err(Failure::new(format!("process {pid} does not end, not even by SIGKILL")))
}

/// The shell's built-in `kill`, because the standard library can only signal its own children.
fn signal_process(pid: u32, signal: &str) -> Result<()> {
    let script = r#"kill -s "$1" "$2" 2>/dev/null || true"#;
    check(Command::new("sh").args(["-c", script, "sh", signal, &pid.to_string()]))
}

/// For the shell; left alone where that changes nothing, so that splitting at blanks works as well.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    if path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)) {
        path.into_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_compared_as_a_whole() {
        let line = b"java\0-Xmx512m\0kafka.Kafka\0/t/19392/server.properties\0";
        assert!(has_argument(line, OsStr::new("/t/19392/server.properties")));
        assert!(!has_argument(line, OsStr::new("/t/1939/server.properties")));
        assert!(!has_argument(line, OsStr::new("server.properties")));
        assert!(!has_argument(line, OsStr::new("java")), "the program is no argument");
        assert!(!has_argument(b"", OsStr::new("java")), "a zombie has an empty command line");
    }

    #[test]
    fn only_the_process_with_the_argument_is_ended() {
        let mut child = Command::new("sleep").arg("61").stdin(Stdio::null()).spawn().unwrap();
        end(child.id(), Path::new("62")).unwrap();
        assert!(child.try_wait().unwrap().is_none(), "another process of that pid was ended");
        end(child.id(), Path::new("61")).unwrap();
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn only_unusual_paths_are_quoted() {
        assert_eq!(quoted(Path::new("/a/b-c/xtask")), "/a/b-c/xtask");
        assert_eq!(quoted(Path::new("/it's here")), r"'/it'\''s here'");
    }
}
