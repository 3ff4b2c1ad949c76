//! `simulations`: runs the named simulations; `cargo xtask simulate` calls it.

use std::process::ExitCode;

fn main() -> ExitCode {
    simulations::main(None)
}
