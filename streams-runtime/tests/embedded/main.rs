//! The embedded log and other processes: the lock on its directory, the end of a process, a file size limit.
//!
//! A child is this test binary again, told by an environment variable what to do.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "clippy allows it in test functions only, not in their helpers")]

mod simulated;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use streams_runtime::broker::BrokerError;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::{NewRecord, RecordBatch};

const ROLE: &str = "EMBEDDED_TEST_ROLE";
const DIR: &str = "EMBEDDED_TEST_DIR";

fn append(log: &EmbeddedLog, value: &[u8]) -> Result<i64, BrokerError> {
    let mut batch = RecordBatch::default();
    batch.push(NewRecord { key: None, value: Some(value), timestamp_ms: 0, offset: 0 });
    Ok(log.append("t", Some(0), batch.get(0).unwrap())?.1)
}

/// What a child does; in the test run itself, nothing.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let log = EmbeddedLog::open(std::env::var(DIR).unwrap()).unwrap();
    log.create_topic("t", 1).unwrap();
    match role.as_str() {
        "hold" => {
            for _ in 0..100 {
                append(&log, b"written, not flushed").unwrap();
            }
            println!("\nREADY");
            let _ = std::io::stdin().read(&mut [0]);
        }
        "fill" => {
            let error = loop {
                match append(&log, &[7; 1000]) {
                    Ok(_) => log.flush().unwrap(),
                    Err(error) => break error,
                }
            };
            println!("\nFAILED {error}");
            // There is room for smaller ones still.
            let before = log.end_offset("t", 0).unwrap();
            while append(&log, b"small").is_ok() {}
            log.flush().unwrap();
            let end = log.end_offset("t", 0).unwrap();
            println!("\nWRITTEN {before} {end}");
        }
        other => panic!("unknown role {other}"),
    }
}

fn arguments() -> [&'static str; 3] {
    ["child", "--exact", "--nocapture"]
}

fn spawn(mut command: Command, role: &str, dir: &Path) -> Child {
    command.env(ROLE, role).env(DIR, dir).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn one_process_has_a_directory_and_its_death_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments());
    let mut child = spawn(command, "hold", dir.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|l| l.unwrap() == "READY"));

    let error = EmbeddedLog::open(dir.path()).unwrap_err();
    assert!(matches!(&error, BrokerError::DirectoryInUse { path } if Path::new(path) == dir.path()));

    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    let log = EmbeddedLog::open(dir.path()).unwrap();
    assert_eq!(log.end_offset("t", 0).unwrap(), 100);
    assert_eq!(log.recovered(), []);
    let again = EmbeddedLog::open(dir.path()).unwrap_err();
    assert!(matches!(again, BrokerError::DirectoryInUse { .. }), "this process too opens it once");
    drop(log);
    EmbeddedLog::open(dir.path()).unwrap();
}

#[test]
fn a_file_size_limit_is_an_error_and_leaves_a_good_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    // The signal is ignored, so that the write fails instead of the process.
    command.args(["-c", "trap '' XFSZ; ulimit -f 41; exec \"$@\"", "sh"]).arg(std::env::current_exe().unwrap()).args(arguments());
    let mut child = spawn(command, "fill", dir.path());
    drop(child.stdin.take());
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success(), "{output}");

    let failed = output.lines().find_map(|l| l.strip_prefix("FAILED ")).unwrap();
    assert!(failed.contains(&dir.path().display().to_string()), "{failed}");
    let written = output.lines().find_map(|l| l.strip_prefix("WRITTEN ")).unwrap();
    let (before, end) = written.split_once(' ').unwrap();
    let (before, end): (i64, i64) = (before.parse().unwrap(), end.parse().unwrap());
    assert!(before > 5 && end > before, "{output}");

    let log = EmbeddedLog::open(dir.path()).unwrap();
    assert_eq!(log.recovered(), [], "the partial writes were cut off by the process itself");
    assert_eq!(log.end_offset("t", 0).unwrap(), end);
    let records = log.read("t", 0, 0, usize::MAX).unwrap();
    for record in records.iter() {
        let expected: &[u8] = if record.offset < before { &[7; 1000] } else { b"small" };
        assert_eq!(record.value, Some(expected), "{}", record.offset);
    }
    assert_eq!(append(&log, b"and on").unwrap(), end);
}
