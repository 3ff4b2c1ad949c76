//! For looking into the macro while it runs in the compiler, through standard error:
//! `STREAMS_DUMP=<type of a topology>` (or `*`) prints the expansion, which `cargo xtask expand` shows formatted;
//! `STREAMS_TIME=1` prints how long it took, for `cargo xtask bench compile`.

use std::time::Instant;

use proc_macro2::TokenStream;

/// Prints what the environment asks for about the topologies of one macro call.
pub(crate) fn dump(outputs: &[String], started: Instant, tokens: &TokenStream) {
    let names = outputs.join(", ");
    if std::env::var_os("STREAMS_TIME").is_some() {
        eprintln!("// expanded {names} in {} us", started.elapsed().as_micros());
    }
    let Ok(wanted) = std::env::var("STREAMS_DUMP") else { return };
    if wanted == "*" || outputs.contains(&wanted) {
        eprintln!("// --- expansion of {names}\n{tokens}\n// --- end of {names}");
    }
}
