//! `cargo xtask expand`: what the macro makes of an example, laid out so that a person can read it.
//!
//! The macro prints its expansion when `STREAMS_DUMP` names the topology. Neither a nightly compiler nor
//! another tool is needed.

use std::fs::File;
use std::process::{ExitCode, Stdio};
use std::time::SystemTime;

use crate::failure::{Context, Failure, Result};
use crate::{metadata, paths, process};

/// Around each expansion in the compiler's output, before the name of the topology.
const BEGIN: &str = "// --- expansion of ";
const END: &str = "// --- end of ";

#[derive(clap::Args)]
pub(crate) struct Expand {
    /// The name of an example.
    example: String,
    /// Only this topology.
    #[arg(long, default_value = "*")]
    topology: String,
}

pub(crate) fn run(options: &Expand) -> Result<ExitCode> {
    let source = metadata::example_source("examples", &options.example)?;
    // Cargo does not know that the macro reads an environment variable: only a newer file makes it compile again.
    File::options()
        .append(true)
        .open(&source)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .context(|| format!("cannot touch {}", source.display()))?;
    let output = process::cargo()
        .current_dir(paths::root())
        .args(["check", "--quiet", "--package", "examples", "--example", &options.example])
        .env("STREAMS_DUMP", &options.topology)
        .stdout(Stdio::null())
        .output()
        .context(|| "cannot run cargo".into())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let expansions = expansions(&said);
    if expansions.is_empty() {
        eprint!("{said}");
        return Err(Failure::new(format!(
            "nothing was expanded: {} has no topology called `{}`, or it does not compile",
            source.display(),
            options.topology
        )));
    }
    for (name, tokens) in &expansions {
        println!("{BEGIN}{name}\n{}", formatted(tokens));
    }
    if output.status.success() {
        return Ok(ExitCode::SUCCESS);
    }
    eprint!("{}", without_expansions(&said));
    Err(Failure::new(format!("{} does not compile", source.display())))
}

/// The name and the text of each expansion in the compiler's output.
fn expansions(output: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in output.lines() {
        if let Some(name) = line.strip_prefix(BEGIN) {
            open = Some((name.trim().to_owned(), String::new()));
        } else if line.starts_with(END) {
            found.extend(open.take());
        } else if let Some((_, text)) = &mut open {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

/// The rest of the compiler's output: its errors.
fn without_expansions(output: &str) -> String {
    let mut inside = false;
    let mut rest = String::new();
    for line in output.lines() {
        inside |= line.starts_with(BEGIN);
        if !inside {
            rest.push_str(line);
            rest.push('\n');
        }
        inside &= !line.starts_with(END);
    }
    rest
}

/// Laid out by prettyplease; tokens that are no Rust file are shown as they came, with the reason.
fn formatted(tokens: &str) -> String {
    match syn::parse_file(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("// not laid out, because it does not parse: {error}\n{tokens}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
warning: unused\n// --- expansion of a\nfn a ( ) { b\n( ) }\n// --- end of a\nerror: x\n\
// --- expansion of c\nstruct C ;\n// --- end of c\n";

    #[test]
    fn expansions_are_found_between_other_lines() {
        let found = expansions(OUTPUT);
        assert_eq!(found[0], ("a".to_owned(), "fn a ( ) { b\n( ) }\n".to_owned()));
        assert_eq!(found[1], ("c".to_owned(), "struct C ;\n".to_owned()));
        assert_eq!(found.len(), 2);
        assert_eq!(without_expansions(OUTPUT), "warning: unused\nerror: x\n");
    }

    #[test]
    fn an_expansion_that_was_cut_off_is_not_shown_as_whole() {
        assert!(expansions("// --- expansion of a\nfn a() {").is_empty());
    }

    #[test]
    fn tokens_are_laid_out() {
        assert_eq!(formatted("fn a ( ) { b ( ) }"), "fn a() {\n    b()\n}\n");
        assert!(formatted("fn fn").starts_with("// not laid out"));
    }
}
