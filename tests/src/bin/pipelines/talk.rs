//! The way between a pipeline and its test.

use std::io::{BufRead, Write};

use serde::Serialize;
use serde_json::{Value, json};
use streams_runtime::QueryError;
use tokio::sync::mpsc;

/// Writes one line.
pub(crate) fn say(value: &Value) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{value}").and_then(|()| out.flush()).is_err() {
        // The test is gone.
        std::process::exit(9);
    }
}

/// The lines of the standard input; the channel closes with it.
pub(crate) fn commands() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The answer to `rows`.
pub(crate) fn rows<K: Serialize, V: Serialize>(rows: Result<Vec<(K, V)>, QueryError>) -> Value {
    match rows {
        Ok(rows) => json!({ "rows": rows }),
        Err(error) => json!({ "query_error": error.to_string() }),
    }
}
