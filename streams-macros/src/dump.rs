//! `STREAMS_DUMP=<type of a topology>` (or `*`) prints its expansion to standard error while it is compiled.

use std::io::Write;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;

/// Prints `tokens` if the environment asks for one of the topologies in it.
pub(crate) fn dump(outputs: &[String], tokens: &TokenStream) {
    let Ok(wanted) = std::env::var("STREAMS_DUMP") else { return };
    if wanted == "*" || outputs.contains(&wanted) {
        let code = tokens.to_string();
        eprintln!("// expansion of {}\n{}", outputs.join(", "), formatted(&code).unwrap_or(code));
    }
}

/// By rustfmt, where there is one.
fn formatted(code: &str) -> Option<String> {
    let rustfmt = Command::new("rustfmt").args(["--edition", "2024"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut rustfmt = rustfmt.ok()?;
    rustfmt.stdin.take()?.write_all(code.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}
