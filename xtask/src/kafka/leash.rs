//! Ties a broker's life to this process.
//!
//! A destructor does not run on Ctrl-C or SIGKILL. So a small shell process waits for the end of a pipe
//! whose other end only this process holds: however this process goes, the pipe closes and the shell
//! ends the broker.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::failure::{Context, Result};

/// `$1` pid, `$2` the argument by which the process is recognised, `$3` the directory to delete.
/// A line on the pipe means that nothing is to be done any more; its end without a line, that we are gone.
const SCRIPT: &str = r#"
ours() { tr '\0' '\n' < "/proc/$1/cmdline" 2>/dev/null | grep -qxF -- "$2"; }
read -r line && exit 0
ours "$1" "$2" && { kill -s TERM "$1"; kill -s CONT "$1"; }
for i in $(seq 30); do ours "$1" "$2" || break; sleep 1; done
ours "$1" "$2" && kill -s KILL "$1"
rm -rf -- "$3"
"#;

pub(crate) struct Leash(Child);

impl Leash {
    /// From now on process `pid` ends with this one at the latest, if it still is the one that was started
    /// with `argument`, and `dir` goes with it.
    pub(crate) fn tie(pid: u32, argument: &Path, dir: &Path) -> Result<Self> {
        Command::new("sh")
            .args(["-c", SCRIPT, "sh", &pid.to_string()])
            .args([argument, dir])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Or Ctrl-C would end the shell too.
            .process_group(0)
            .spawn()
            .map(Self)
            .context(|| "cannot run sh".into())
    }

    /// Lets go: what becomes of the broker is the caller's business again.
    pub(crate) fn release(mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            let _ = pipe.write_all(b"released\n");
        }
        let _ = self.0.wait();
    }
}
